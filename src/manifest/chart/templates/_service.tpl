{{- define "kasmix.service" -}}
{{- $service := .Values.service }}
apiVersion: v1
kind: Service
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
  {{- with include "kasmix.fields" (list $service "annotations") }}
  {{- . | nindent 2 }}
  {{- end }}
spec:
  {{- include "kasmix.fields" (list $service "type" "externalTrafficPolicy" "loadBalancerIP" "loadBalancerClass" "loadBalancerSourceRanges") | nindent 2 }}
  selector:
    {{- include "kasmix.selectorLabels" . | nindent 4 }}
  ports:
    {{- range include "kasmix.ports" . | fromYamlArray }}
    - name: {{ .name }}
      port: {{ ternary $service.port .port (eq .name "desktop") }}
      targetPort: {{ .name }}
      protocol: TCP
      {{- if eq .name "desktop" }}
      {{- with $service.nodePort }}
      nodePort: {{ . }}
      {{- end }}
      {{- if $.Values.httpRoute.enabled }}
      appProtocol: kubernetes.io/{{ ternary "wss" "ws" (gt (len $.Values.httpRoute.backendTLS) 0) }}
      {{- end }}
      {{- end }}
    {{- end }}
{{- end }}
