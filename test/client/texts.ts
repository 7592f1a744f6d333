import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const client = join(import.meta.dirname, "../../src/client");

/** All texts that the visitor may read: of the page, and of the calls of `t` and of tables of texts in the scripts. */
export function clientTexts(): string[] {
  const scripts = (readdirSync(client, { recursive: true }) as string[]).filter(
    (path) => path.endsWith(".ts") && !path.startsWith("translations"),
  );
  const calls = scripts.flatMap((path) => textsOfScript(readFileSync(join(client, path), "utf8")));
  return [...new Set([...textsOfPage(readFileSync(join(client, "index.html"), "utf8")), ...calls])].sort();
}

function textsOfPage(html: string): string[] {
  const body = html.slice(html.indexOf("<body>")).replace(/<!--.*?-->/gs, "");
  const attributes = [...body.matchAll(/(?:aria-label|title)="([^"]+)"/g)].map(([, text = ""]) => text);
  const contents = [...body.matchAll(/>([^<]+)</g)].map(([, text = ""]) => text.trim());
  return [...attributes, ...contents].filter((text) => /[A-Za-z]/.test(text));
}

/** Literals in calls of `t`, and in the tables that are declared for it. */
function textsOfScript(script: string): string[] {
  const calls = [...script.matchAll(/\bt\(([^;]*?)\)/g)].map(([, inside = ""]) => inside);
  const tables = [...script.matchAll(/const (?:reasons|resizeNotes|texts)\b[^{]*\{([^}]*)\}/g)].map(
    ([, inside = ""]) => inside.replaceAll(/^\s*\w+:/gm, ""),
  );
  const actions = [...script.matchAll(/readonly action: ([^;]*);/g)].map(([, inside = ""]) => inside);
  return [...calls, ...tables, ...actions].flatMap((inside) =>
    [...inside.matchAll(/"((?:[^"\\\n]|\\.)+)"/g)]
      .map(([quoted]) => JSON.parse(quoted) as string)
      .filter((text) => /^[A-Z{]|\s/.test(text) || inside.trim() === JSON.stringify(text)),
  );
}
