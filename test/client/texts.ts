import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const client = join(import.meta.dirname, "../../src/client");
const files = readdirSync(client, { recursive: true }) as string[];
const read = (path: string) => readFileSync(join(client, path), "utf8");

/** Texts of the page as it is served, including those for screen readers. */
export function textsOfPage(): string[] {
  const html = read("index.html");
  const body = html.slice(html.indexOf("<body>")).replace(/<!--.*?-->/gs, "");
  const attributes = [...body.matchAll(/(?:aria-label|title|alt|placeholder)="([^"]+)"/g)];
  const contents = [...body.matchAll(/>([^<]+)</g)];
  const texts = [...attributes, ...contents].map(([, text = ""]) => text.trim());
  return [...new Set(texts)].filter((text) => /[A-Za-z]/.test(text));
}

/** All literals of the scripts that use the translations: the client's and the sign-in page's. */
export function literals(): string[] {
  const signIn = join(client, "../runtime/sign-in");
  const pages = readdirSync(signIn).map((name) => readFileSync(join(signIn, name), "utf8"));
  return [...scripts().map(read), ...pages].flatMap((script) =>
    [...script.matchAll(/"(?:[^"\\\n]|\\.)*"/g)].map(([quoted]) => JSON.parse(quoted) as string),
  );
}

/** Places in the client where a text could bypass the translations, as `file: code`. */
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

/** Code that puts plain strings into the page, and code that marks strings as translated. */
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

/** Independent of language. */
const UNITS = ["ms", "kbit", "Mbit"];

/** Literals that contain words but are the same in every language. */
function falseVerbatim(script: string): string[] {
  return [...script.matchAll(/verbatim\(\s*(["`])(.*?)\1/gs)].flatMap(([code, , literal = ""]) => {
    const own = literal.replace(/\$\{[^}]*(?:\}|$)/g, "").match(/[A-Za-z]{2,}/g) ?? [];
    return own.some((word) => !UNITS.includes(word)) ? [code] : [];
  });
}
