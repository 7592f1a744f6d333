import type { Deployment } from "./deployment.ts";

/** Name and labels of an object. */
export function metadataOf(deployment: Deployment) {
  const labels = { ...labelsOf(deployment), "app.kubernetes.io/part-of": "kasmix" };
  return { name: deployment.name, labels };
}

/** What tells one installation's pod from all others; never changed, since a StatefulSet's selector cannot be. */
export function labelsOf({ app, name }: Deployment) {
  return { "app.kubernetes.io/name": app, "app.kubernetes.io/instance": name };
}
