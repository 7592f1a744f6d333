{{- define "kasmix.secret" -}}
{{- if .Values.generateSecret }}
{{- $present := lookup "v1" "Secret" .Release.Namespace (include "kasmix.fullname" .) }}
apiVersion: v1
kind: Secret
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
  annotations:
    helm.sh/resource-policy: keep
data:
  {{- dict "VNC_PW" (randAlphaNum 24 | b64enc) | merge ($present.data | default dict) | toYaml | nindent 2 }}
{{- end }}
{{- end }}
