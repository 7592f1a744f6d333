{{- define "kasmix.networkpolicy" -}}
{{- if eq .Values.networkPolicy.kind "kubernetes" }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "kasmix.selectorLabels" . | nindent 6 }}
  policyTypes:
    - Ingress
    {{- if .Values.vpn.enabled }}
    - Egress
    {{- end }}
  ingress:
    - ports:
        {{- range include "kasmix.publicPorts" . | fromYamlArray }}
        - port: {{ .port }}
          protocol: TCP
        {{- end }}
    {{- with include "kasmix.launcherPort" . }}
    - from:
        {{- range $.Values.networkPolicy.launcherFrom }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ . | quote }}
        {{- else }}
        - podSelector: {}
        {{- end }}
      ports:
        - port: {{ . }}
          protocol: TCP
    {{- end }}
  {{- if .Values.vpn.enabled }}
  egress:
    # Names, from the cluster's own name servers.
    - to:
        - namespaceSelector: {}
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - port: 53
          protocol: UDP
        - port: 53
          protocol: TCP
    # The tunnel: WireGuard.
    - ports:
        - port: 51820
          protocol: UDP
  {{- end }}
{{- end }}
{{- end }}
