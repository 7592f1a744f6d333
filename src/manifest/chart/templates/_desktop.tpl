{{/* All objects of one desktop. */}}
{{- define "kasmix.desktop" -}}
{{- include "kasmix.check" . }}
{{- range list "secret" "networkpolicy" "ciliumnetworkpolicy" "certificate" "service" "statefulset" "ingress" "httproute" "backendtlspolicy" "poddisruptionbudget" "servicemonitor" "test" }}
{{- with include (printf "kasmix.%s" .) $ | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{ end }}
