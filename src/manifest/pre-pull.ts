import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { type Deployment, labelsOf, metadataOf, nameOf } from "./deployment.ts";
import { containerRights, podRights } from "./pod.ts";

/**
 * Has the image on every node before somebody's desktop starts there, and keeps the node from removing it. A container of
 * the image itself waits: that needs no second image, and a megabyte of memory.
 */
export function renderPrePull(deployment: Deployment): IDaemonSet {
  const own = { "app.kubernetes.io/instance": `${nameOf(deployment)}-images` };
  const { name, labels } = metadataOf(deployment);
  const matchLabels = { ...labelsOf(deployment), ...own };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: `${name}-images`, labels: { ...labels, ...own } },
    spec: {
      selector: { matchLabels },
      template: {
        metadata: { labels: { ...labels, ...own } },
        spec: {
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          securityContext: podRights(deployment.anyUid),
          containers: [
            {
              name: "wait",
              image: deployment.image,
              command: ["sleep", "infinity"],
              resources: { requests: { cpu: "1m", memory: "4Mi" }, limits: { cpu: "10m", memory: "16Mi" } },
              securityContext: containerRights(),
            },
          ],
        },
      },
    },
  };
}
