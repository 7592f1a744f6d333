{{/* A StatefulSet rather than a Deployment: two pods must never share a home. */}}
{{- define "kasmix.statefulset" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "kasmix.metadata" . | nindent 2 }}
spec:
  replicas: 1
  serviceName: {{ include "kasmix.fullname" . | quote }}
  updateStrategy:
    type: {{ .Values.updateStrategy }}
  selector:
    matchLabels:
      {{- include "kasmix.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "kasmix.selectorLabels" . | nindent 8 }}
        app.kubernetes.io/part-of: kasmix
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "kasmix.pod" . | nindent 6 }}
  {{- include "kasmix.claims" . }}
{{- end }}

{{- define "kasmix.pod" -}}
enableServiceLinks: false
automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
{{- with include "kasmix.serviceAccountName" . }}
serviceAccountName: {{ . | quote }}
{{- end }}
# The supervisor stops within 8.5 s.
terminationGracePeriodSeconds: 30
securityContext:
  {{- include "kasmix.podRights" . | nindent 2 }}
{{- with include "kasmix.fields" (list .Values "imagePullSecrets" "runtimeClassName" "priorityClassName" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints") }}
{{ . }}
{{- end }}
{{- $init := .Values.initContainers }}
{{- if .Values.vpn.enabled }}
{{- $init = include "kasmix.vpn" . | fromYaml | prepend $init }}
{{- end }}
{{- with $init }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - {{ include "kasmix.container" . | nindent 4 | trim }}
  {{- with .Values.sidecars }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  - name: dshm
    emptyDir:
      medium: Memory
      sizeLimit: {{ .Values.sharedMemory }}
  - name: tmp
    emptyDir: {}
  {{- range $name, $volume := .Values.persistence.volumes }}
  {{- if not $.Values.persistence.enabled }}
  - name: {{ $name }}
    emptyDir: {}
  {{- else if $volume.existingClaim }}
  - name: {{ $name }}
    persistentVolumeClaim:
      claimName: {{ $volume.existingClaim | quote }}
  {{- end }}
  {{- end }}
  {{- with include "kasmix.tlsSecretName" . }}
  - name: tls
    secret:
      secretName: {{ . | quote }}
  {{- end }}
  {{- if .Values.vpn.enabled }}
  - name: tun
    hostPath:
      path: /dev/net/tun
      type: CharDevice
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "kasmix.podRights" -}}
{{- $rights := .Values.podSecurityContext }}
{{- if .Values.anyUid }}{{ $rights = omit $rights "runAsUser" "runAsGroup" "fsGroup" }}{{ end }}
{{- toYaml $rights }}
{{- end }}

{{- define "kasmix.container" -}}
name: workspace
{{- include "kasmix.image" . | nindent 0 }}
env:
  {{- $secrets := list "VNC_PW" "VNC_VIEW_ONLY_PW" }}
  {{- with include "kasmix.launcherPort" . }}{{ $secrets = append $secrets "URL_LAUNCHER_TOKEN" }}{{ end }}
  {{- range $secrets }}
  - name: {{ . }}
    valueFrom:
      secretKeyRef:
        name: {{ include "kasmix.secretName" $ | quote }}
        key: {{ . }}
        {{- if ne . "VNC_PW" }}
        optional: true
        {{- end }}
  {{- end }}
  {{- range $name, $value := mergeOverwrite (include "kasmix.settings" . | fromYaml) .Values.env }}
  - name: {{ $name | quote }}
    value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
  {{- end }}
{{- with .Values.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  {{- range include "kasmix.ports" . | fromYamlArray }}
  - name: {{ .name }}
    containerPort: {{ .port }}
    protocol: TCP
  {{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- with .Values.probes }}
{{ toYaml . }}
{{- end }}
volumeMounts:
  {{- range $name, $volume := .Values.persistence.volumes }}
  - name: {{ $name }}
    mountPath: {{ $volume.mountPath | quote }}
  {{- end }}
  - name: dshm
    mountPath: /dev/shm
  # Everything the runtime writes outside of the home: sockets, logs, the ready flag.
  - name: tmp
    mountPath: /tmp
  {{- with include "kasmix.tlsSecretName" . }}
  - name: tls
    mountPath: /etc/kasmix/tls
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "kasmix.image" -}}
{{- with .Values.image -}}
image: "{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}"
imagePullPolicy: {{ .pullPolicy }}
{{- end }}
{{- end }}

{{/* The runtime's variables that follow from other values. */}}
{{- define "kasmix.settings" -}}
{{- with .Values.launcher }}
{{ .enabled | ternary "NAV_SHIM_PORT" "LAUNCH_NAV_SHIM" }}: {{ .enabled | ternary .port 0 | quote }}
{{- end }}
{{- if .Values.tls.plain }}
KASMIX_TLS: "0"
{{- end }}
{{- if ne .Values.path "/" }}
KASMIX_BASE_PATH: {{ .Values.path | quote }}
{{- end }}
{{- end }}

{{- define "kasmix.claims" -}}
{{- $claims := dict }}
{{- range $name, $volume := .Values.persistence.volumes }}
{{- if not $volume.existingClaim }}{{ $_ := set $claims $name $volume }}{{ end }}
{{- end }}
{{- if and .Values.persistence.enabled $claims }}
  volumeClaimTemplates:
    {{- range $name, $volume := $claims }}
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: {{ $name }}
      spec:
        accessModes:
          - {{ $.Values.persistence.accessMode }}
        {{- with $.Values.persistence.storageClass }}
        storageClassName: {{ . | quote }}
        {{- end }}
        volumeMode: Filesystem
        resources:
          requests:
            storage: {{ $volume.size | default $.Values.persistence.size }}
      status:
        phase: Pending
    {{- end }}
{{- end }}
{{- end }}
