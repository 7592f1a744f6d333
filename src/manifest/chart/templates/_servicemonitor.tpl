{{- define "kasmix.servicemonitor" -}}
{{- if .Values.serviceMonitor.enabled }}
{{- $metadata := include "kasmix.metadata" . | fromYaml }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ $metadata.name | quote }}
  labels:
    {{- mergeOverwrite $metadata.labels .Values.serviceMonitor.labels | toYaml | nindent 4 }}
spec:
  selector:
    matchLabels:
      {{- include "kasmix.selectorLabels" . | nindent 6 }}
  endpoints:
    - port: desktop
      path: /metrics
      interval: {{ .Values.serviceMonitor.interval }}
      scheme: https
      # The certificate is for people's host name, or the desktop's own.
      tlsConfig:
        insecureSkipVerify: true
      basicAuth:
        username:
          name: {{ printf "%s-metrics" $metadata.name | quote }}
          key: username
        password:
          name: {{ include "kasmix.secretName" . | quote }}
          key: VNC_PW
---
# The name is no secret, but the Prometheus Operator takes it only from a Secret.
apiVersion: v1
kind: Secret
metadata:
  name: {{ printf "%s-metrics" $metadata.name | quote }}
  labels:
    {{- include "kasmix.labels" . | nindent 4 }}
data:
  username: {{ b64enc "kasm_user" }}
{{- end }}
{{- end }}
