import { join } from "node:path";
import { readTextIfThere } from "../../../files/read-text-if-there.ts";
import { writeAtomic } from "../../../files/write-atomic.ts";
import type { Scheme } from "./plan.ts";

/** The settings of Qt 5 and Qt 6, in images that have programs of it (src/parts/qt.ts). */
const PROGRAMS = ["qt5ct", "qt6ct"] as const;

const GIVEN = /^(color_scheme_path=.*\/Kasmix)(-dark)?(\.conf)$/m;

export interface QtFolders {
  readonly home: string;
  /** Where the image's settings are. @default /etc/xdg */
  readonly defaults?: string;
}

/** Gives Qt's programs light or dark colours; those that run follow within seconds. Colours that the user chose stay. */
export function setQtScheme(scheme: Scheme, { home, defaults = "/etc/xdg" }: QtFolders): void {
  for (const program of PROGRAMS) {
    const file = `${program}/${program}.conf`;
    const given = readTextIfThere(join(defaults, file));
    const own = join(home, ".config", file);
    // A program of Qt copies the image's settings to the home if there are none.
    const text = given && (readTextIfThere(own) || given);
    const wanted = text.replace(GIVEN, scheme === "dark" ? "$1-dark$3" : "$1$3");
    if (wanted !== text) writeAtomic(own, wanted, 0o644);
  }
}
