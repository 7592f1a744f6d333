import { mountsOf } from "../engine/container-options.ts";
import { type Deployment, quantity, resourcesOf } from "./deployment.ts";
import { parseImage } from "./image.ts";
import { kubernetes } from "./kubernetes-fields.ts";
import { containerRights, podRights, probesOf } from "./pod.ts";
import { launcherPort } from "./ports.ts";
import * as schema from "./value.ts";
import { choice, flag, group, text, type Value, type Values, value } from "./value.ts";
import { VPN_IMAGE, VPN_LABEL } from "./vpn.ts";

/** All values of a workspace's chart: the source of values.yaml and of values.schema.json. */
export function chartValues(deployment: Deployment): Values {
  const desktop = {
    ...containerValues(deployment),
    ...launcherValues(deployment),
    ...accessValues(deployment),
    persistence: persistenceValues(deployment),
    networkPolicy: policyValues(deployment),
    vpn: vpnValues(deployment),
    ...podValues(),
    podDisruptionBudget: group("Who may end the pod.", {
      enabled: flag("A drain of its node waits until somebody deletes the pod."),
    }),
    serviceMonitor: group("The Prometheus Operator's.", {
      enabled: flag("Lets Prometheus read /metrics, with the password of the Secret."),
      interval: text("How often.", "30s", { type: "string", pattern: "^[1-9][0-9]*(s|m)$" }),
      labels: value("Labels by which your Prometheus finds it.", {}, schema.STRINGS),
    }),
  };
  const sessions = value(
    "A desktop for each person instead of one: a name, and values that are different from those above.",
    [],
    sessionsSchema(desktop),
  );
  return { ...desktop, ...nameValues(), sessions };
}

function nameValues(): Values {
  return {
    nameOverride: text("The label app.kubernetes.io/name; when empty, the chart's name.", "", schema.LABEL),
    fullnameOverride: text("Name of all objects; when empty, the release's.", "", schema.LABEL),
    serviceAccount: group("The pods' service account.", {
      create: flag("Creates it."),
      name: text("Its name; when empty, that of the objects if it is created, else the namespace's default."),
      annotations: value("Its annotations, if it is created.", {}, schema.STRINGS),
      automount: flag("Mounts its token; the desktop needs none, and every program on it could read it."),
    }),
  };
}

function containerValues(deployment: Deployment): Values {
  const { resources } = deployment.workspace;
  const amounts = schema.mapOf({ type: ["string", "number"] });
  return {
    image: imageValues(deployment),
    imagePullSecrets: value("Secrets for a private registry.", [], list("LocalObjectReference", "name")),
    existingSecret: text("Secret with VNC_PW; when empty, the Secret with the name of the objects."),
    generateSecret: flag(
      "Generates that Secret with a password; it stays until you delete it. Needs helm install: helm template knows no Secret, and would change the password each time.",
    ),
    env: value(
      "More variables of the workspace, such as TZ or VNC_RESOLUTION. Passwords go into the Secret.",
      {},
      ENVIRONMENT,
    ),
    envFrom: value("Secrets and ConfigMaps with more variables.", [], list("EnvFromSource")),
    resources: value(
      "Half of the limits is requested. Processes are not among them: the kubelet's podPidsLimit limits those.",
      resourcesOf(deployment),
      schema.record({
        requests: amounts,
        limits: amounts,
        claims: schema.listOf(schema.record({ name: schema.NAME, request: schema.NAME })),
      }),
    ),
    sharedMemory: value(
      "Size of /dev/shm, which browsers need; counts towards the memory limit.",
      quantity(resources.sharedMemory),
      schema.QUANTITY,
    ),
    probes: value(
      "Probes of the workspace's container; null leaves one out.",
      probesOf(),
      schema.record({
        startupProbe: kubernetes("Probe"),
        readinessProbe: kubernetes("Probe"),
        livenessProbe: kubernetes("Probe"),
      }),
    ),
    securityContext: value(
      "Rights of the workspace's container.",
      containerRights(),
      kubernetes("SecurityContext"),
    ),
    podSecurityContext: value(
      "Rights of the pod; supplementalGroups are groups by which the desktop opens devices of the node.",
      podRights(false),
      kubernetes("PodSecurityContext"),
    ),
    anyUid: flag(
      "Leaves runAsUser, runAsGroup and fsGroup out: the cluster chooses them, as OpenShift does.",
      deployment.anyUid,
    ),
  };
}

const ENVIRONMENT = {
  ...schema.mapOf({ type: ["string", "number", "boolean"] }),
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
};

function list(type: Parameters<typeof kubernetes>[0], ...required: readonly string[]): object {
  return schema.listOf(kubernetes(type, required));
}

function imageValues({ image }: Deployment): Value {
  const { repository, tag, digest } = parseImage(image);
  const digestSchema = { type: "string", pattern: "^(sha256:[0-9a-f]{64})?$" };
  return group("The workspace's image.", {
    repository: value("Host and name, without a tag.", repository, schema.NAME),
    tag: text("Required unless there is a digest.", tag, {
      type: "string",
      pattern: "^([\\w][\\w.-]{0,127})?$",
    }),
    digest: value("sha256:..., for exactly one image, whatever the tag.", digest, digestSchema),
    pullPolicy: choice("When it is pulled.", ["IfNotPresent", "Always", "Never"]),
  });
}

/** Nothing for a workspace without a launcher. */
function launcherValues({ workspace }: Deployment): Values {
  const launcher = launcherPort(workspace);
  if (launcher === undefined) return {};
  return {
    launcher: group("The URL launcher.", {
      enabled: flag("Starts it.", true),
      port: value("Its port.", launcher.port, schema.PORT),
    }),
  };
}

/** How browsers reach the desktop. */
function accessValues({ sidePorts }: Deployment): Values {
  return {
    host: text("Host name in the browser, such as desk.example; Ingress and HTTPRoute need it.", "", HOST),
    path: text("Path in the browser, such as /desk/, which the proxy leaves as it is.", "/", {
      type: "string",
      pattern: "^/([A-Za-z0-9._~-]+/)*$",
    }),
    tls: group("Encryption of the desktop's own port.", {
      existingSecret: text("Secret with tls.crt and tls.key; when empty, the desktop makes a certificate."),
      issuerRef: value(
        "Issuer of cert-manager, with name and kind: it makes a certificate for host, or for the Service's names.",
        {},
        schema.record({ name: schema.NAME, kind: schema.NAME, group: schema.NAME }),
      ),
      plain: flag(
        "Also answers plain HTTP, for a proxy that ends TLS. Anybody on the network between the two can read that traffic.",
      ),
    }),
    service: serviceValues(),
    sidePorts: flag("Opens ports 4901 to 4904, for Kasm's own page.", sidePorts),
    ingress: group("An Ingress. Annotations for ingress-nginx are in it; others may need tls.plain.", {
      enabled: flag("Creates it."),
      className: text("IngressClass; when empty, the cluster's default."),
      tlsSecret: text("Secret with the certificate that browsers see; when empty, the controller's own."),
      annotations: value("More annotations.", {}, schema.STRINGS),
    }),
    httpRoute: group("A route of the Gateway API.", {
      enabled: flag("Creates it; needs tls.plain or backendTLS."),
      parentRefs: value("Gateways that it belongs to.", [], schema.listOf(PARENT)),
      backendTLS: value(
        "By what the Gateway checks the desktop's certificate (BackendTLSPolicy): hostname, and caCertificateRefs or wellKnownCACertificates.",
        {},
        schema.record({
          hostname: schema.NAME,
          caCertificateRefs: schema.listOf(
            schema.record({ group: schema.STRING, kind: schema.NAME, name: schema.NAME }),
          ),
          wellKnownCACertificates: { enum: ["System"] },
        }),
      ),
    }),
  };
}

const HOST_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const HOST = { type: "string", pattern: `^(${HOST_LABEL}(\\.${HOST_LABEL})*)?$`, maxLength: 253 };
const PARENT = schema.record(
  {
    ...{ group: schema.NAME, kind: schema.NAME, namespace: schema.NAME, name: schema.NAME },
    ...{ sectionName: schema.NAME, port: schema.PORT },
  },
  ["name"],
);

function serviceValues(): Value {
  const nodePort = { type: "integer", anyOf: [{ const: 0 }, { minimum: 1, maximum: 65535 }] };
  return group("The Service.", {
    type: choice("Where it can be reached.", ["ClusterIP", "NodePort", "LoadBalancer"]),
    port: value("The desktop's port at the Service.", 6901, schema.PORT),
    nodePort: value("Its port at the nodes; 0 lets the cluster choose.", 0, nodePort),
    externalTrafficPolicy: text("Local keeps visitors' addresses; when empty, Cluster.", "", {
      enum: ["", "Cluster", "Local"],
    }),
    loadBalancerIP: text("Address of the load balancer; when empty, the provider chooses."),
    loadBalancerClass: text("Class of the load balancer; when empty, the default."),
    loadBalancerSourceRanges: value(
      "Networks that may use the load balancer.",
      [],
      schema.listOf(schema.NAME),
    ),
    annotations: value("Its annotations, such as those of a load balancer.", {}, schema.STRINGS),
  });
}

function persistenceValues({ workspace, storage }: Deployment): Value {
  const modes = ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"] as const;
  const volume = schema.record(
    { mountPath: schema.PATH, existingClaim: schema.NAME, size: schema.QUANTITY },
    ["mountPath"],
  );
  const volumes = mountsOf(workspace.volumes).map(({ name, path }) => [name, { mountPath: path }]);
  return group("The home and the workspace's other volumes.", {
    enabled: flag("Keeps them in claims; otherwise they end with the pod.", true),
    size: value("Size of each.", quantity(storage), schema.QUANTITY),
    storageClass: text("When empty, the cluster's default."),
    accessMode: choice("Who may mount them.", modes),
    volumes: value(
      "Each with its mountPath, and if need be an existingClaim or a size of its own.",
      Object.fromEntries(volumes),
      schema.mapOf(volume),
    ),
  });
}

function policyValues({ workspace, cilium, launcherFrom }: Deployment): Value {
  const kinds = ["kubernetes", "cilium", "none"] as const;
  const description = "Namespaces that reach the URL launcher; when empty, only the release's own.";
  return group("Who reaches the pod.", {
    kind: choice("The kind of policy.", kinds, cilium ? "cilium" : "kubernetes"),
    ...(launcherPort(workspace) && {
      launcherFrom: value(description, launcherFrom, schema.listOf(schema.NAME)),
    }),
  });
}

function vpnValues({ vpn }: Deployment): Value {
  return group(
    `gluetun beside the workspace; needs Kubernetes 1.29, and a namespace with the label ${VPN_LABEL}.`,
    {
      enabled: flag("Routes all traffic through the tunnel.", vpn),
      image: text("gluetun's image.", VPN_IMAGE, schema.NAME),
      existingSecret: text("Secret with gluetun's variables; when empty, the objects' name with -vpn."),
    },
  );
}

/** By these the Service finds the pod. */
const OWN_LABELS = ["name", "instance", "part-of"].map((name) => `app.kubernetes.io/${name}`);

function podValues(): Values {
  return {
    updateStrategy: choice("When a changed pod replaces the running one, which ends all programs on it.", [
      "RollingUpdate",
      "OnDelete",
    ]),
    podAnnotations: value("Annotations of the pod.", {}, schema.STRINGS),
    podLabels: value("More labels of the pod.", {}, schema.mapOf(schema.STRING, OWN_LABELS)),
    extraVolumes: value("More volumes of the pod.", [], list("Volume", "name")),
    extraVolumeMounts: value(
      "Where the workspace's container mounts them.",
      [],
      list("VolumeMount", "name", "mountPath"),
    ),
    initContainers: value("Containers that end before the workspace starts.", [], list("Container", "name")),
    sidecars: value("Containers beside the workspace.", [], list("Container", "name")),
    runtimeClassName: text("Runtime of the pod, such as nvidia; when empty, the cluster's default."),
    priorityClassName: text("Priority of the pod; when empty, the cluster's default."),
    nodeSelector: value("Labels a node must have.", {}, schema.STRINGS),
    tolerations: value("Taints the pod tolerates.", [], list("Toleration")),
    affinity: value("Preferred nodes and neighbours.", {}, kubernetes("Affinity")),
    topologySpreadConstraints: value(
      "How pods with the same labels are spread over nodes and zones.",
      [],
      list("TopologySpreadConstraint", "maxSkew", "topologyKey", "whenUnsatisfiable"),
    ),
  };
}

/** A person's values have the schemas of the release's. */
function sessionsSchema(desktop: Values): object {
  const values = Object.keys(desktop).map((name) => [name, { $ref: `#/properties/${name}` }]);
  const name = { ...schema.LABEL, minLength: 1, maxLength: 40 };
  return schema.listOf(schema.record({ name, ...Object.fromEntries(values) }, ["name"]));
}
