import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/** The programs of a control plane, by their Go packages; go.mod beside this file pins their versions. */
export const PROGRAMS = {
  etcd: "go.etcd.io/etcd/server/v3",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
} as const;

/** A file of a Go module that defines a kind of object which Kubernetes does not have by itself. */
export interface Definition {
  /** With its version. */
  readonly module: string;
  /** The module's hash, as Go states it. */
  readonly sum: string;
  readonly file: string;
}

export const DEFINITIONS: readonly Definition[] = [
  {
    module: "github.com/cilium/cilium@v1.20.2",
    sum: "h1:dqiEGIcXc+gqCLYG/l7VCFJ8GHyb4HUrwbZOpkX5dL8=",
    file: "pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml",
  },
  {
    module: "sigs.k8s.io/gateway-api@v1.6.3",
    sum: "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=",
    file: "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
  },
  {
    module: "github.com/cert-manager/cert-manager@v1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    file: "deploy/crds/cert-manager.io_certificates.yaml",
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    file: "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
  },
  {
    module: "github.com/kedacore/keda/v2@v2.21.0",
    sum: "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
    file: "config/crd/bases/keda.sh_scaledobjects.yaml",
  },
];

/** The line that builds all of them. */
export const BUILD = "node --import tsx test/kubernetes/build.ts";

/** Where they are, outside of the checkout: another folder for other versions. */
export const FOLDER = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "kasmix/kubernetes",
  createHash("sha256")
    .update(readFileSync(join(import.meta.dirname, "go.sum")))
    .digest("hex")
    .slice(0, 12),
);

export function programPath(program: keyof typeof PROGRAMS): string {
  return join(FOLDER, program);
}

export function definitionPath({ module, file }: Definition): string {
  return join(FOLDER, `${module.replaceAll("/", "-")}-${basename(file)}`);
}

/** The names of the files that the folder lacks. */
export function missingFiles(): string[] {
  const names = [...Object.keys(PROGRAMS), ...DEFINITIONS.map((each) => basename(definitionPath(each)))];
  return names.filter((name) => !existsSync(join(FOLDER, name)));
}
