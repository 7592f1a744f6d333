{{- define "kasmix.ingress" -}}
{{- if .Values.ingress.enabled }}
{{- $nginx := dict
  "backend-protocol" (ternary "HTTP" "HTTPS" .Values.tls.plain)
  "proxy-body-size" "0"
  "proxy-buffering" "off"
  "proxy-request-buffering" "off"
  "proxy-read-timeout" "3600"
  "proxy-send-timeout" "3600" }}
{{- $annotations := dict }}
{{- range $name, $value := $nginx }}
{{- $_ := set $annotations (printf "nginx.ingress.kubernetes.io/%s" $name) $value }}
{{- end }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
  annotations:
    {{- mergeOverwrite $annotations .Values.ingress.annotations | toYaml | nindent 4 }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  tls:
    - hosts:
        - {{ .Values.host | quote }}
      {{- with .Values.ingress.tlsSecret }}
      secretName: {{ . | quote }}
      {{- end }}
  rules:
    - host: {{ .Values.host | quote }}
      http:
        paths:
          - path: {{ include "kasmix.pathPrefix" . | quote }}
            pathType: Prefix
            backend:
              service:
                name: {{ include "kasmix.fullname" . | quote }}
                port:
                  name: desktop
{{- end }}
{{- end }}
