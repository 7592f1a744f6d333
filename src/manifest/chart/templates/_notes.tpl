{{- define "kasmix.notes" -}}
{{- $name := include "kasmix.fullname" . }}
{{- $kubectl := printf "kubectl -n %s" .Release.Namespace }}
{{- $secret := include "kasmix.secretName" . }}
{{- $port := ternary "" (printf ":%v" .Values.service.port) (eq (int .Values.service.port) 443) }}
{{- with .session }}
{{ . }}
{{- end }}

{{- if .Values.generateSecret }}
Show the password of kasm_user:

  {{ $kubectl }} get secret {{ $secret }} -o jsonpath='{.data.VNC_PW}' | base64 -d
{{- else }}
The password of kasm_user is the key VNC_PW of a Secret. Create the Secret if it does not exist yet:

  openssl rand -base64 18 | tr -d '\n' | {{ $kubectl }} create secret generic {{ $secret }} --from-file=VNC_PW=/dev/stdin
{{- end }}
{{- if .Values.vpn.enabled }}

gluetun reads its own variables, such as provider and key, from another Secret. It runs as root with NET_ADMIN, which
the namespace has to allow:

  {{ $kubectl }} create secret generic {{ include "kasmix.vpnSecretName" . }} --from-env-file=vpn.env
  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=privileged
{{- end }}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled }}

Open https://{{ .Values.host }}{{ .Values.path }}
{{- if not (or .Values.envFrom (hasKey .Values.env "KASMIX_TRUSTED_PROXIES")) }}

All visitors have the proxy's address until env.KASMIX_TRUSTED_PROXIES names the network of its pods.
{{- end }}
{{- else if eq .Values.service.type "LoadBalancer" }}

Open https://ADDRESS{{ $port }}{{ .Values.path }} with the address that the load balancer gets:

  {{ $kubectl }} get service {{ $name }} -o jsonpath='{.status.loadBalancer.ingress[0]}'
{{- else if eq .Values.service.type "NodePort" }}

Open https://NODE:PORT{{ .Values.path }} with the address of a node and the port that this shows:

  {{ $kubectl }} get service {{ $name }} -o jsonpath='{.spec.ports[0].nodePort}'
{{- else }}

Forward the port, then open https://localhost:6901{{ .Values.path }}

  {{ $kubectl }} port-forward service/{{ $name }} 6901:desktop
{{- end }}
{{ end }}
