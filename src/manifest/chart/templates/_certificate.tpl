{{- define "kasmix.certificate" -}}
{{- with .Values.tls.issuerRef }}
{{- $name := include "kasmix.fullname" $ }}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "kasmix.metadata" $ | nindent 2 }}
spec:
  secretName: {{ include "kasmix.tlsSecretName" $ | quote }}
  issuerRef:
    {{- toYaml . | nindent 4 }}
  dnsNames:
    {{- with $.Values.host }}
    - {{ . | quote }}
    {{- else }}
    - {{ $name | quote }}
    - {{ printf "%s.%s" $name $.Release.Namespace }}
    - {{ printf "%s.%s.svc" $name $.Release.Namespace }}
    {{- end }}
{{- end }}
{{- end }}
