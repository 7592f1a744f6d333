{{/* Refuses values that exclude or need each other, all at once. The schema checks each value by itself. */}}
{{- define "kasmix.check" -}}
{{- $name := include "kasmix.fullname" . }}
{{- $version := .Capabilities.KubeVersion.Version }}
{{- $type := .Values.service.type }}
{{- $checks := list }}
{{- with .Values }}
{{- $checks = list
  (list (gt (len $name) 52) (printf "the name %s has more than 52 characters, too many for a StatefulSet: set fullnameOverride" $name))
  (list (not (or .image.tag .image.digest)) "image.tag is empty: set it, or image.digest")
  (list (and .generateSecret .existingSecret) "generateSecret and existingSecret exclude each other")
  (list (and .tls.issuerRef .tls.existingSecret) "tls.issuerRef and tls.existingSecret exclude each other")
  (list (and .tls.issuerRef (not .tls.issuerRef.name)) "tls.issuerRef needs a name")
  (list (and .ingress.enabled (not .host)) "ingress needs host")
  (list (and .httpRoute.enabled (not .host)) "httpRoute needs host")
  (list (and .httpRoute.enabled (not .httpRoute.parentRefs)) "httpRoute.parentRefs is empty: name your Gateway")
  (list (and .httpRoute.enabled (not (or .tls.plain .httpRoute.backendTLS))) "httpRoute needs tls.plain, or httpRoute.backendTLS for a certificate that the Gateway accepts")
  (list (and .vpn.enabled (semverCompare "<1.29-0" $version)) (printf "vpn needs Kubernetes 1.29, and this is %s" $version))
}}
{{- range $field := list "loadBalancerIP" "loadBalancerClass" "loadBalancerSourceRanges" "nodePort" "externalTrafficPolicy" }}
{{- $types := hasPrefix "loadBalancer" $field | ternary (list "LoadBalancer") (list "NodePort" "LoadBalancer") }}
{{- $unfit := and (index $.Values.service $field) (not (has $type $types)) }}
{{- $checks = append $checks (list $unfit (printf "service.%s needs service.type=%s" $field (join " or " $types))) }}
{{- end }}
{{- range $name, $instead := dict
  "VNC_PW" "the Secret" "VNC_VIEW_ONLY_PW" "the Secret" "URL_LAUNCHER_TOKEN" "the Secret"
  "NO_VNC_PORT" "service.port" "NAV_SHIM_PORT" "launcher.port" "LAUNCH_NAV_SHIM" "launcher.enabled"
  "KASMIX_TLS" "tls.plain" "KASMIX_BASE_PATH" "path" }}
{{- $checks = append $checks (list (hasKey $.Values.env $name) (printf "env.%s is set by the chart: use %s" $name $instead)) }}
{{- end }}
{{- range $volume, $_ := .persistence.volumes }}
{{- $unfit := and .existingClaim (or .size (not $.Values.persistence.enabled)) }}
{{- $checks = append $checks (list $unfit (printf "persistence.volumes.%s.existingClaim needs persistence.enabled, and has a size already" $volume)) }}
{{- end }}
{{- end }}
{{- include "kasmix.refuse" (list (list "values" .session | compact | join " of ") $checks) }}
{{- end }}

{{/* Refuses what people must not share. */}}
{{- define "kasmix.checkSessions" -}}
{{- if .Values.sessions }}
{{- $names := list }}
{{- range .Values.sessions }}{{ $names = append $names .name }}{{ end }}
{{- $checks := list
  (list (ne (len $names) (uniq $names | len)) "two have the same name")
  (list .Values.existingSecret "existingSecret would give everybody one password: set it for each")
  (list .Values.tls.existingSecret "tls.existingSecret would let everybody read the others' key: set it for each")
}}
{{- range $volume, $_ := .Values.persistence.volumes }}
{{- $checks = append $checks (list .existingClaim (printf "persistence.volumes.%s.existingClaim would give everybody the same files: set it for each" $volume)) }}
{{- end }}
{{- include "kasmix.refuse" (list "sessions" $checks) }}
{{- end }}
{{- end }}

{{/* Fails with the messages of those checks whose first part is true. */}}
{{- define "kasmix.refuse" -}}
{{- $faults := list }}
{{- range last . }}
{{- if first . }}{{ $faults = append $faults (last .) }}{{ end }}
{{- end }}
{{- if $faults }}
{{- printf "%s:\n- %s" (first .) (join "\n- " $faults) | fail }}
{{- end }}
{{- end }}
