{{/* gluetun: restartPolicy makes it a sidecar that starts first, and the workspace once the tunnel is up. */}}
{{- define "kasmix.vpn" -}}
name: vpn
image: {{ .Values.vpn.image | quote }}
restartPolicy: Always
env:
  - name: FIREWALL_INPUT_PORTS
    value: "{{ range include "kasmix.ports" . | fromYamlArray }}{{ .port }},{{ end }}9999"
  # Networks of clusters: answers to them bypass the tunnel.
  - name: FIREWALL_OUTBOUND_SUBNETS
    value: 10.0.0.0/8,172.16.0.0/12
  - name: HEALTH_SERVER_ADDRESS
    value: ":9999"
  # Plain DNS, but through the tunnel.
  - name: DOT
    value: "off"
  - name: DNS_ADDRESS
    value: 1.1.1.1
# Provider and key: gluetun's own variables.
envFrom:
  - secretRef:
      name: {{ include "kasmix.vpnSecretName" . | quote }}
resources:
  requests:
    cpu: 100m
    memory: 128Mi
  limits:
    cpu: 500m
    memory: 384Mi
securityContext:
  runAsNonRoot: false
  runAsUser: 0
  allowPrivilegeEscalation: false
  capabilities:
    drop:
      - ALL
    add:
      - NET_ADMIN
      - MKNOD
startupProbe:
  httpGet:
    path: /
    port: 9999
  timeoutSeconds: 5
  periodSeconds: 5
  failureThreshold: 36
livenessProbe:
  httpGet:
    path: /
    port: 9999
  timeoutSeconds: 10
  periodSeconds: 30
  failureThreshold: 5
volumeMounts:
  - name: tun
    mountPath: /dev/net/tun
{{- end }}
