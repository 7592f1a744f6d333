{{/*
Renders a template for each desktop of the release: one, or one for each person. A person's values lie over those of the
release, and the person's host is below the release's.
*/}}
{{- define "kasmix.forEach" -}}
{{- $template := index . 1 }}
{{- $root := first . }}
{{- range $session := $root.Values.sessions | default (list dict) }}
{{- $values := mergeOverwrite (deepCopy $root.Values) (omit $session "name") }}
{{- if and $values.host $session.name (not $session.host) (eq ($session.path | default "/") "/") }}
{{- $_ := set $values "host" (printf "%s.%s" $session.name $values.host) }}
{{- end }}
{{- dict "session" $session.name "Values" $values "Release" $root.Release "Chart" $root.Chart "Capabilities" $root.Capabilities | include $template }}
{{- end }}
{{- end }}

{{- define "kasmix.fullname" -}}
{{- $release := .Values.fullnameOverride | default .Release.Name }}
{{- list $release .session | compact | join "-" }}
{{- end }}

{{/* Labels that select the desktop's pod. They never change: a StatefulSet's selector is immutable. */}}
{{- define "kasmix.selectorLabels" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default .Chart.Name | quote }}
app.kubernetes.io/instance: {{ list .Release.Name .session | compact | join "-" | quote }}
{{- end }}

{{- define "kasmix.labels" -}}
{{ include "kasmix.selectorLabels" . }}
app.kubernetes.io/part-of: kasmix
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end }}

{{- define "kasmix.metadata" -}}
name: {{ include "kasmix.fullname" . | quote }}
labels:
  {{- include "kasmix.labels" . | nindent 2 }}
{{- end }}

{{/* A list of values and names: the values of these names that are set, as fields. */}}
{{- define "kasmix.fields" -}}
{{- $fields := dict }}
{{- range $name := rest . }}
{{- with index (first $) $name }}{{ $_ := set $fields $name . }}{{ end }}
{{- end }}
{{- with $fields }}{{ toYaml . }}{{ end }}
{{- end }}

{{- define "kasmix.secretName" -}}
{{ .Values.existingSecret | default (include "kasmix.fullname" .) }}
{{- end }}

{{- define "kasmix.vpnSecretName" -}}
{{ .Values.vpn.existingSecret | default (printf "%s-vpn" (include "kasmix.fullname" .)) }}
{{- end }}

{{/* The Secret with the desktop's certificate; nothing if the desktop makes its own. */}}
{{- define "kasmix.tlsSecretName" -}}
{{- if .Values.tls.existingSecret }}
{{- .Values.tls.existingSecret }}
{{- else if .Values.tls.issuerRef }}
{{- printf "%s-tls" (include "kasmix.fullname" .) }}
{{- end }}
{{- end }}

{{/* The service account belongs to the release: all its desktops share it. */}}
{{- define "kasmix.serviceAccountName" -}}
{{- with .Values.serviceAccount }}
{{- .name | default (ternary ($.Values.fullnameOverride | default $.Release.Name) "" .create) }}
{{- end }}
{{- end }}

{{/* Ports open to everyone: the desktop asks for a password, and Kasm's own page needs the others. */}}
{{- define "kasmix.publicPorts" -}}
- { name: desktop, port: 6901 }
{{- if .Values.sidePorts }}
- { name: sound, port: 4901 }
- { name: uploads, port: 4902 }
- { name: microphone, port: 4903 }
- { name: gamepad, port: 4904 }
{{- end }}
{{- end }}

{{/* The launcher's port, if there is one and it is enabled. */}}
{{- define "kasmix.launcherPort" -}}
{{- with .Values.launcher }}{{ if .enabled }}{{ .port }}{{ end }}{{ end }}
{{- end }}

{{- define "kasmix.ports" -}}
{{ include "kasmix.publicPorts" . }}
{{- with include "kasmix.launcherPort" . }}
- { name: launcher, port: {{ . }} }
{{- end }}
{{- end }}

{{/* Without the last slash: /desk is /desk/ too, and not /desktop. */}}
{{- define "kasmix.pathPrefix" -}}
{{ .Values.path | trimSuffix "/" | default "/" }}
{{- end }}
