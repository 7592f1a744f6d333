import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import type { IScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { type Deployment, metadataOf, nameOf, type Route } from "./deployment.ts";
import { DESKTOP_PORT } from "./ports.ts";
import type { KubernetesObject } from "./validate.ts";

/**
 * How a session is reached: a route of the Gateway API to its Service; or, where it starts on demand, to the proxy of
 * KEDA's HTTP add-on, which counts visitors, holds the first one's request until the desktop is ready, and passes all on.
 * KEDA wants its objects in this order.
 */
export function renderRoute(deployment: Deployment): KubernetesObject[] {
  const route = deployment.session?.route;
  if (route === undefined) return [];
  if (route.idle === undefined) {
    return [renderHttpRoute(deployment, route, { name: nameOf(deployment), port: DESKTOP_PORT.port })];
  }
  return [
    renderHttpRoute(deployment, route, INTERCEPTOR),
    renderInterceptorRoute(deployment, route),
    renderScaledObject(deployment, route.idle),
  ];
}

interface Backend {
  readonly name: string;
  readonly namespace?: string;
  readonly port: number;
}

/** Where the add-on's own chart installs its proxy and its scaler. */
const INTERCEPTOR = { name: "keda-add-ons-http-interceptor-proxy", namespace: "keda", port: 8080 };
const SCALER = "keda-add-ons-http-external-scaler.keda:9090";

function renderHttpRoute(deployment: Deployment, route: Route, backend: Backend): IHTTPRoute {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: metadataOf(deployment),
    spec: {
      // With the defaults, without which a second apply would find a change.
      parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", ...route.gateway }],
      hostnames: [route.host],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: prefixOf(route) } }],
          // No time-out: a large upload may take hours.
          timeouts: { request: "0s" },
          backendRefs: [{ group: "", kind: "Service", ...backend, weight: 1 }],
        },
      ],
    },
  };
}

/** Of the HTTP add-on, from its version 0.14 on. */
function renderInterceptorRoute(deployment: Deployment, route: Route) {
  return {
    apiVersion: "http.keda.sh/v1beta1",
    kind: "InterceptorRoute",
    metadata: metadataOf(deployment),
    spec: {
      target: { service: nameOf(deployment), port: DESKTOP_PORT.port },
      rules: [{ hosts: [route.host], paths: [{ value: prefixOf(route) }] }],
      // Each open WebSocket of a visitor counts as a request.
      scalingMetric: { concurrency: { targetValue: 100 } },
    },
  };
}

function renderScaledObject(deployment: Deployment, idle: number): IScaledObject {
  const name = nameOf(deployment);
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: metadataOf(deployment),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name },
      minReplicaCount: 0,
      maxReplicaCount: 1,
      cooldownPeriod: idle,
      triggers: [{ type: "external-push", metadata: { scalerAddress: SCALER, interceptorRoute: name } }],
    },
  };
}

/** Without the last slash: `/bob` is `/bob/` too, and not `/bobby`. */
function prefixOf({ path }: Route): string {
  return path === "/" ? path : path.replace(/\/$/, "");
}
