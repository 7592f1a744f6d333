/** Parsers of apt's output and of Debian's index files. Pure: text in, values out. */

/** One action of apt. */
export interface Action {
  readonly kind: "unpack" | "configure";
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** One file that apt would download. */
export interface Download {
  readonly uri: string;
  /** apt's own file name, `name_version_architecture.deb` with the version's colon as `%3a`. */
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

const ACTION = /^(Inst|Conf) (\S+) (?:\[[^\]]*\] )?\((\S+) .*?\[([a-z0-9-]+)\]\)/;
const DOWNLOAD = /^'([^']+)' (\S+) (\d+) SHA256:([0-9a-f]{64})$/;

/** The actions that `apt-get --simulate` announces, in its order; other lines are skipped. */
export function parseSimulation(text: string): Action[] {
  return text.split("\n").flatMap((line): Action[] => {
    const [, word, name = "", version = "", architecture = ""] = ACTION.exec(line) ?? [];
    if (word === undefined) return [];
    return [{ kind: word === "Inst" ? "unpack" : "configure", name, version, architecture }];
  });
}

/** The downloads that `apt-get --print-uris` lists; they need `Acquire::ForceHash=SHA256`. */
export function parseDownloads(text: string): Download[] {
  return text.split("\n").flatMap((line) => {
    const [, uri = "", file = "", size = "", sha256 = ""] = DOWNLOAD.exec(line) ?? [];
    return uri === "" ? [] : [{ uri: decodeURIComponent(uri), file, size: Number(size), sha256 }];
  });
}

/** apt's name for the file of a package, as in {@link Download.file}. */
export function downloadName(pkg: { name: string; version: string; architecture: string }): string {
  return `${pkg.name}_${pkg.version.replaceAll(":", "%3a")}_${pkg.architecture}.deb`;
}

/** The paragraphs of a Debian control file, as text. */
export function splitParagraphs(text: string): string[] {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
}

/** The first line of a field in a control paragraph, or undefined; field names ignore case. */
export function field(paragraph: string, name: string): string | undefined {
  const start = `${name.toLowerCase()}:`;
  const line = paragraph.split("\n").find((each) => each.toLowerCase().startsWith(start));
  return line?.slice(start.length).trim();
}

/** The `Date` of a Release or InRelease file, or undefined. */
export function releaseDate(text: string): Date | undefined {
  const date = new Date(field(text, "Date") ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A time in the format of snapshot archives: `20261121T203015Z`. */
export function snapshotTimestamp(date: Date): string {
  return date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
}

/** apt's errors, else its warnings, without `E:` and `W:`; without either, its whole output. */
export function complaints(text: string): string {
  // A message may continue in indented lines.
  const marked = (mark: string) => text.match(new RegExp(`^${mark}: .*(\\n[ \\t]+\\S.*)*`, "gm")) ?? [];
  const [errors, warnings] = [marked("E"), marked("W")];
  const lines = errors.length > 0 ? errors : warnings;
  return lines.length === 0 ? text.trim() : lines.map((line) => line.slice(3)).join("\n");
}
