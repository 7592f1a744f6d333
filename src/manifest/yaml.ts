import { stringify } from "yaml";

/** Values as YAML documents, one after the other, below comments. Lines are never folded. */
export function renderYaml(values: readonly unknown[], comments: readonly string[] = []): string {
  const head = comments.map((comment) => (comment === "" ? "#\n" : `# ${comment}\n`)).join("");
  return head + values.map((value) => stringify(value, YAML_OPTIONS)).join("---\n");
}

/** Kubernetes and Helm read YAML 1.1, in which `off` and `y` are booleans: strings like these are quoted. */
export const YAML_OPTIONS = { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" } as const;
