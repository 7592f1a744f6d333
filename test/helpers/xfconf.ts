import { chmodSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { makeProject } from "./project.ts";

/** XFCE's settings by channel, as `xfconf-query -l -v` prints them. */
export type Listed = Readonly<Record<string, string>>;

/** Programs that stand in for XFCE's settings: they tell what is listed, and note the words of everything else. */
export function standInForXfconf(listed: Listed, programs: readonly string[] = []) {
  const folder = makeProject({
    "bin/xfconf-query": `#!/bin/sh\ncase "$*" in *" -l "*) cat "$(dirname "$0")/../$2" ;; *) ${NOTE} ;; esac\n`,
    ...Object.fromEntries(programs.map((name) => [`bin/${name}`, `#!/bin/sh\n${NOTE}\n`])),
    ...listed,
    notes: "",
  });
  for (const name of ["xfconf-query", ...programs]) chmodSync(join(folder, "bin", name), 0o755);
  return {
    environment: { PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) },
    /** A line for each call: the program and its words. */
    notes: () => readFileSync(join(folder, "notes"), "utf8").split("\n").slice(0, -1),
  };
}

const NOTE = `echo "$(basename "$0") $*" >> "$(dirname "$0")/../notes"`;
