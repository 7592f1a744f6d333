import type { ResolvedWorkspace } from "../model/resolve.ts";
import { itemsFor } from "./choice.ts";
import { type Deployment, type DeploymentOptions, deploymentOf } from "./deployment.ts";
import { chosenObjects, secretCommands } from "./kubernetes.ts";
import { renderObjects } from "./objects.ts";
import { DESKTOP_PORT } from "./ports.ts";
import { validateObjects } from "./validate.ts";
import { chartValues, renderValues, renderValuesSchema } from "./values.ts";
import { renderTemplate, renderYaml } from "./yaml.ts";

/** A file's text by its path in the chart's folder. */
export type ChartFiles = Readonly<Record<string, string>>;

/**
 * A Helm chart of a workspace, of the same objects as the plain manifests, with what they decide left to the values.
 * Throws E_MODEL when Kubernetes' own schemas find something wrong with the objects that the defaults give.
 */
export function renderChart(
  workspace: ResolvedWorkspace,
  options: DeploymentOptions,
  version: string,
): ChartFiles {
  validateObjects(chosenObjects(deploymentOf(workspace, options)));
  const values = chartValues(workspace, options);
  const deployment = chartDeployment(workspace, options);
  const { statefulSet, service, networkPolicy, ciliumPolicy } = renderObjects(deployment);
  return {
    "Chart.yaml": renderChartYaml(workspace, deployment, version),
    "values.yaml": renderValues(values),
    "values.schema.json": renderValuesSchema(values),
    "templates/statefulset.yaml": renderTemplate(statefulSet),
    "templates/service.yaml": renderTemplate(service),
    "templates/networkpolicy.yaml": ifPolicy("kubernetes", renderTemplate(networkPolicy)),
    "templates/ciliumnetworkpolicy.yaml": ifPolicy("cilium", renderTemplate(ciliumPolicy)),
    "templates/NOTES.txt": renderNotes(deployment),
  };
}

/** What the values decide, as texts and conditions of Helm's templates. Texts in backticks: YAML quotes the others. */
function chartDeployment(workspace: ResolvedWorkspace, options: DeploymentOptions): Deployment {
  const value = (path: string): string => `{{ .Values.${path} }}`;
  const when = (path: string) => ({ when: `.Values.${path}` });
  const whole = (path: string): string => `{{= .Values.${path} }}`;
  return {
    ...deploymentOf(workspace, options),
    name: "{{ .Release.Name }}",
    image:
      "{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag }}{{ end }}",
    resources: whole("resources") as never,
    sharedMemory: value("sharedMemory"),
    storage: value("persistence.size"),
    secret: "{{ .Values.existingSecret | default .Release.Name }}",
    vpnSecret: "{{ .Values.vpn.existingSecret | default (printf `%s-vpn` .Release.Name) }}",
    sidePorts: when("sidePorts"),
    vpn: when("vpn.enabled"),
    anyUid: when("anyUid"),
    persistent: when("persistence.enabled"),
    launcherFrom: { range: ".Values.networkPolicy.launcherFrom" },
    chart: {
      pullPolicy: value("image.pullPolicy"),
      serviceType: value("service.type"),
      storageClass: { choice: when("persistence.storageClass"), name: value("persistence.storageClass") },
      environment: itemsFor({ range: "$name, $value := .Values.env" }, () => ({
        name: "{{ $name }}",
        value: "{{= $value | quote }}",
      })),
      podFields: Object.fromEntries(
        ["imagePullSecrets", "nodeSelector", "tolerations", "affinity"].map((name) => [name, whole(name)]),
      ),
    },
  };
}

function renderChartYaml(
  { title, description }: ResolvedWorkspace,
  { app }: Deployment,
  version: string,
): string {
  const chart = { apiVersion: "v2", name: app, description: `${title}: ${description}`, type: "application" };
  return renderYaml([{ ...chart, version, appVersion: version }], ["Made by kasmix manifest."]);
}

function ifPolicy(kind: string, template: string): string {
  return `{{- if eq .Values.networkPolicy.kind "${kind}" }}\n${template}{{- end }}\n`;
}

function renderNotes(deployment: Deployment): string {
  const commands = (vpn: boolean): string[] => secretCommands({ ...deployment, vpn });
  const namespaced = (line: string): string =>
    `  ${line.replace("kubectl", "kubectl -n {{ .Release.Namespace }}")}`;
  const [password = "", tunnel = ""] = commands(true).map(namespaced);
  const { name, port } = DESKTOP_PORT;
  return [
    "The password of kasm_user is VNC_PW of a Secret. If there is none yet:",
    "",
    password,
    "{{- if .Values.vpn.enabled }}",
    tunnel,
    "{{- end }}",
    "",
    "Then:",
    "",
    `  kubectl -n {{ .Release.Namespace }} port-forward service/{{ .Release.Name }} ${port}:${name}`,
    "",
    `and open https://localhost:${port}/`,
    "",
  ].join("\n");
}
