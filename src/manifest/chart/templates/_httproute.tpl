{{- define "kasmix.httproute" -}}
{{- if .Values.httpRoute.enabled }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
spec:
  parentRefs:
    {{- toYaml .Values.httpRoute.parentRefs | nindent 4 }}
  hostnames:
    - {{ .Values.host | quote }}
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: {{ include "kasmix.pathPrefix" . | quote }}
      # The gateway's limit is for whole requests: a WebSocket, or a long upload, would end with it.
      timeouts:
        request: 0s
        backendRequest: 0s
      backendRefs:
        - name: {{ include "kasmix.fullname" . | quote }}
          port: {{ .Values.service.port }}
{{- end }}
{{- end }}

{{- define "kasmix.backendtlspolicy" -}}
{{- if and .Values.httpRoute.enabled .Values.httpRoute.backendTLS }}
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
spec:
  targetRefs:
    - group: ""
      kind: Service
      name: {{ include "kasmix.fullname" . | quote }}
      sectionName: desktop
  validation:
    {{- toYaml .Values.httpRoute.backendTLS | nindent 4 }}
{{- end }}
{{- end }}
