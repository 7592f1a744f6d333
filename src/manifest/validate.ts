import { CiliumNetworkPolicy } from "@kubernetes-models/cilium/cilium.io/v2/CiliumNetworkPolicy";
import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Pod } from "kubernetes-models/v1/Pod";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { type Fault, KasmixError } from "../model/error.ts";
import { pointerSteps, showPath } from "../model/paths.ts";

/** The fields by which an object is validated and named. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata?: { readonly name?: string };
}

/** Checks objects against Kubernetes' own schemas. Throws E_MODEL with all faults. */
export function validateObjects(objects: readonly KubernetesObject[]): void {
  const faults = objects.flatMap(faultsOf);
  if (faults.length === 0) return;
  throw new KasmixError("E_MODEL", "Kubernetes would refuse these manifests.", {
    faults,
    fix: "This is a fault of Kasmix: please report it.",
  });
}

const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  DaemonSet,
  HTTPRoute,
  ScaledObject,
  StatefulSet,
  Service,
  NetworkPolicy,
  CiliumNetworkPolicy,
  Ingress,
  PodDisruptionBudget,
  Pod,
  Secret,
};

/** Kinds whose schemas no package has. */
const UNCHECKED: readonly string[] = ["InterceptorRoute"];

function faultsOf(object: KubernetesObject): Fault[] {
  const { kind, metadata } = object;
  const Model = MODELS[kind];
  if (UNCHECKED.includes(kind)) return [];
  if (Model === undefined) return [{ path: kind, message: "is an unknown kind" }];
  try {
    new Model(object as never).validate();
    return [];
  } catch (error) {
    return errorsOf(error).map(({ instancePath = "", message = "is wrong" }) => ({
      path: `${kind} ${metadata?.name}: ${showPath(pointerSteps(instancePath, object))}`,
      message,
    }));
  }
}

interface SchemaError {
  readonly instancePath?: string;
  readonly message?: string;
}

/** The faults in the error that the library throws. Rethrows any other error. */
function errorsOf(error: unknown): readonly SchemaError[] {
  if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) return error.errors;
  throw error;
}
