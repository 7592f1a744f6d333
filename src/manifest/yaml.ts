import { stringify } from "yaml";

/** Values as YAML documents, one after the other, below comments. Lines are never folded. */
export function renderYaml(values: readonly unknown[], comments: readonly string[] = []): string {
  const head = comments.map((comment) => (comment === "" ? "#\n" : `# ${comment}\n`)).join("");
  return head + values.map((value) => stringify(value, YAML_OPTIONS)).join("---\n");
}

/** Kubernetes and Helm still read YAML 1.1, in which `off` and `y` are no texts: those are quoted. */
export const YAML_OPTIONS = { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" } as const;

/**
 * An object with choices as a Helm template: lines of the template stand as items and keys in it, and become lines of
 * their own. `{{= ... }}` is a whole value: it is put below its key, or beside it when it ends in `quote`.
 */
export function renderTemplate(value: unknown): string {
  return renderYaml([value])
    .replace(/^ *(?:- )?"(\{\{- .*? )(?:\/\*.*\*\/ )?\}\}"(?:: null)?$/gm, "$1}}")
    .replace(/^( *)(\S+): "\{\{= (.*) \}\}"$/gm, (_, indent: string, key: string, expression: string) =>
      expression.endsWith("| quote")
        ? `${indent}${key}: {{ ${expression} }}`
        : `${indent}${key}:\n${indent}  {{- toYaml ${expression} | nindent ${indent.length + 2} }}`,
    );
}
