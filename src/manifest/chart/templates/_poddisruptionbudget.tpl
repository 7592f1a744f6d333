{{- define "kasmix.poddisruptionbudget" -}}
{{- if .Values.podDisruptionBudget.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 0
  # A desktop that never became ready need not be kept.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "kasmix.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}
