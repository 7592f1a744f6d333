{{/* For helm test: signs in and waits for the desktop's picture. Its labels keep it out of the Service. */}}
{{- define "kasmix.test" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ printf "%s-test" (include "kasmix.fullname" .) | quote }}
  labels:
    app.kubernetes.io/part-of: kasmix
    app.kubernetes.io/component: test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  activeDeadlineSeconds: 300
  enableServiceLinks: false
  automountServiceAccountToken: false
  securityContext:
    {{- include "kasmix.podRights" . | nindent 4 }}
  {{- with include "kasmix.fields" (list .Values "imagePullSecrets" "nodeSelector" "tolerations") }}
  {{- . | nindent 2 }}
  {{- end }}
  containers:
    - name: test
      {{- include "kasmix.image" . | nindent 6 }}
      command:
        - sh
        - -euc
        - |
          # Its certificate need not be for the Service's name.
          ask() { curl --silent --show-error --fail --insecure --max-time 10 "$@"; }
          until ask --output /dev/null "$DESKTOP/readyz"; do sleep 2; done
          printf %s "$VNC_PW" | ask --cookie-jar /tmp/cookies --data username=kasm_user --data-urlencode password@- "$DESKTOP/sign-in"
          ask --cookie /tmp/cookies --output /tmp/picture "$DESKTOP/api/get_screenshot"
          test -s /tmp/picture
          echo "The desktop is ready, and shows its picture to the password."
      env:
        - name: DESKTOP
          value: https://{{ include "kasmix.fullname" . }}:{{ .Values.service.port }}
        - name: VNC_PW
          valueFrom:
            secretKeyRef:
              name: {{ include "kasmix.secretName" . | quote }}
              key: VNC_PW
      resources:
        requests: { cpu: 50m, memory: 32Mi }
        limits: { cpu: 500m, memory: 128Mi }
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
{{- end }}
