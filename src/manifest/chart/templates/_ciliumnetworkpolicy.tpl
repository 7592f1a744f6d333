{{- define "kasmix.ciliumnetworkpolicy" -}}
{{- if eq .Values.networkPolicy.kind "cilium" }}
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
spec:
  endpointSelector:
    matchLabels:
      {{- include "kasmix.selectorLabels" . | nindent 6 }}
  ingress:
    - fromEntities:
        - all
      toPorts:
        - ports:
            {{- range include "kasmix.publicPorts" . | fromYamlArray }}
            - port: {{ .port | quote }}
              protocol: TCP
            {{- end }}
    {{- with include "kasmix.launcherPort" . }}
    - fromEndpoints:
        {{- range $.Values.networkPolicy.launcherFrom }}
        - matchLabels:
            k8s:io.kubernetes.pod.namespace: {{ . | quote }}
        {{- else }}
        - {}
        {{- end }}
      toPorts:
        - ports:
            - port: {{ . | quote }}
              protocol: TCP
    {{- end }}
  {{- if .Values.vpn.enabled }}
  egress:
    # Names, from the cluster's own name servers.
    - toEndpoints:
        - matchLabels:
            k8s:io.kubernetes.pod.namespace: kube-system
            k8s-app: kube-dns
      toPorts:
        - ports:
            - port: "53"
              protocol: UDP
            - port: "53"
              protocol: TCP
    # The tunnel: WireGuard.
    - toEntities:
        - world
      toPorts:
        - ports:
            - port: "51820"
              protocol: UDP
  {{- end }}
{{- end }}
{{- end }}
