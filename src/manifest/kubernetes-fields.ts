import { record } from "./value.ts";

/** Fields of Kubernetes' own types that the chart passes on as they are. A test compares them with the types. */
export const KUBERNETES_FIELDS = {
  Affinity: "nodeAffinity podAffinity podAntiAffinity",
  Container: `args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe
    resizePolicy resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce
    terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir`,
  EnvFromSource: "configMapRef prefix secretRef",
  LocalObjectReference: "name",
  PodSecurityContext: `appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy
    seLinuxOptions seccompProfile supplementalGroups supplementalGroupsPolicy sysctls windowsOptions`,
  Probe: `exec failureThreshold grpc httpGet initialDelaySeconds periodSeconds successThreshold tcpSocket
    terminationGracePeriodSeconds timeoutSeconds`,
  ResourceRequirements: "claims limits requests",
  SecurityContext: `allowPrivilegeEscalation appArmorProfile capabilities privileged procMount readOnlyRootFilesystem
    runAsGroup runAsNonRoot runAsUser seLinuxOptions seccompProfile windowsOptions`,
  Toleration: "effect key operator tolerationSeconds value",
  TopologySpreadConstraint: `labelSelector matchLabelKeys maxSkew minDomains nodeAffinityPolicy nodeTaintsPolicy
    topologyKey whenUnsatisfiable`,
  Volume: `awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc
    flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi name nfs persistentVolumeClaim
    photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume`,
  VolumeMount: "mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr",
} as const;

/**
 * A schema that refuses fields which a type of Kubernetes does not have. What the fields contain, the cluster itself
 * checks.
 */
export function kubernetes(type: keyof typeof KUBERNETES_FIELDS, required: readonly string[] = []): object {
  const names = KUBERNETES_FIELDS[type].split(/\s+/);
  return record(Object.fromEntries(names.map((name) => [name, {}])), required);
}
