import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const client = join(import.meta.dirname, "../../src/client");
const files = readdirSync(client, { recursive: true }) as string[];
const read = (path: string) => readFileSync(join(client, path), "utf8");

/** Texts of the page as it is served: what is read, and what is read out. */
export function textsOfPage(): string[] {
  const html = read("index.html");
  const body = html.slice(html.indexOf("<body>")).replace(/<!--.*?-->/gs, "");
  const attributes = [...body.matchAll(/(?:aria-label|title|alt|placeholder)="([^"]+)"/g)];
  const contents = [...body.matchAll(/>([^<]+)</g)];
  const texts = [...attributes, ...contents].map(([, text = ""]) => text.trim());
  return [...new Set(texts)].filter((text) => /[A-Za-z]/.test(text));
}

/** All literals of the client's scripts, the translations aside. */
export function literals(): string[] {
  return scripts().flatMap((path) =>
    [...read(path).matchAll(/"(?:[^"\\\n]|\\.)*"/g)].map(([quoted]) => JSON.parse(quoted) as string),
  );
}

/** Places of the client where something that is read could get past the translations, as `file: code`. */
export function bypasses(): string[] {
  const inScripts = scripts()
    .filter((path) => path !== "dom.ts" && path !== "translate.ts")
    .flatMap((path) => {
      const script = read(path);
      const code = WAYS_AROUND.flatMap((way) => [...script.matchAll(way)].map(([found]) => found));
      return [...code, ...falseVerbatim(script)].map((found) => `${path}: ${found}`);
    });
  const inStyles = files
    .filter((path) => path.endsWith(".css"))
    .flatMap((path) =>
      [...read(path).matchAll(/content:\s*"[^"]*[A-Za-z][^"]*"/g)].map(([found]) => `${path}: ${found}`),
    );
  return [...inScripts, ...inStyles];
}

function scripts(): string[] {
  return files.filter((path) => path.endsWith(".ts") && !path.startsWith("translations"));
}

/** What puts plain strings into the page or into what is read out, and what calls them translated. */
const WAYS_AROUND = [
  /\.(?:textContent|innerText|innerHTML|outerHTML|alt|placeholder|ariaLabel)\s*=[^=].*/g,
  // The page's title is the desktop's name.
  /(?<!document)\.title\s*=[^=].*/g,
  /setAttribute\(\s*"(?:title|alt|placeholder|aria-label)".*/g,
  /\.(?:createTextNode|insertAdjacentHTML|insertAdjacentText)\(.*/g,
  /(?<![\w.])(?:alert|confirm|prompt)\(.*/g,
  /\.(?:append|prepend|before|after|replaceChildren|replaceWith)\(\s*["`].*/g,
  /\bas Words\b.*/g,
];

/** Not of any language. */
const UNITS = ["ms", "kbit", "Mbit"];

/** What is called the same in every language and is not: literals with words of their own. */
function falseVerbatim(script: string): string[] {
  return [...script.matchAll(/verbatim\(\s*(["`])(.*?)\1/gs)].flatMap(([code, , literal = ""]) => {
    const own = literal.replace(/\$\{[^}]*(?:\}|$)/g, "").match(/[A-Za-z]{2,}/g) ?? [];
    return own.some((word) => !UNITS.includes(word)) ? [code] : [];
  });
}
