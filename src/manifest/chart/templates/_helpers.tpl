{{/* Labels that select this release's pod. They never change: a StatefulSet's selector is immutable. */}}
{{- define "kasmix.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "kasmix.labels" -}}
{{ include "kasmix.selectorLabels" . }}
app.kubernetes.io/part-of: kasmix
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

{{- define "kasmix.ports" -}}
{{ include "kasmix.publicPorts" . }}
{{- with .Values.launcher }}
- { name: launcher, port: {{ .port }} }
{{- end }}
{{- end }}
