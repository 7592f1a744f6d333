import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

/** The page's script, compiled for browsers. */
export async function siteScript(): Promise<string> {
  const { code } = await transform(await readOwn("script/site.ts"), {
    loader: "ts",
    target: "es2022",
    format: "iife",
  });
  return code;
}

/** The page's style. */
export function siteStyle(): Promise<string> {
  return readOwn("site.css");
}

function readOwn(file: string): Promise<string> {
  return readFile(new URL(file, import.meta.url), "utf8");
}
