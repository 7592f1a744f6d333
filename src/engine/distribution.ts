import { readFile } from "node:fs/promises";

/** The name of the Linux distribution, and whether it has Debian's packages. */
export async function distribution(): Promise<{ readonly name: string; readonly debianLike: boolean }> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (key: string): string =>
    new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1]?.replace(/^"(.*)"$/, "$1") ?? "";
  const ids = [field("ID"), ...field("ID_LIKE").split(" ")];
  return { name: field("PRETTY_NAME") || process.platform, debianLike: ids.includes("debian") };
}
