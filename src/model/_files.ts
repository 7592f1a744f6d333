import { lstatSync, type Stats } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import type { Fault } from "./error.ts";
import { type Lenient, present } from "./lenient.ts";
import { showPath } from "./paths.ts";
import type { ImageFile, Workspace } from "./types.ts";

/**
 * Paths of the image that a workspace's files must not use, each with the reason. Every other file may be replaced,
 * Kasmix's too: /dockerstartup/custom_startup.sh and the desktop's settings are meant to be.
 */
const RESERVED: readonly { path: string; reason: string; fix?: string }[] = [
  { path: "/opt/kasmix", reason: "belongs to Kasmix" },
  { path: "/dockerstartup/kasm_default_profile.sh", reason: "belongs to Kasmix" },
  { path: "/dockerstartup/vnc_startup.sh", reason: "belongs to Kasmix" },
  { path: "/usr/bin/desktop_ready", reason: "belongs to Kasmix" },
  { path: "/usr/bin/filter_ready", reason: "belongs to Kasmix" },
  {
    path: "/home/kasm-user",
    reason: "is a volume, which hides the image's files there",
    fix: "Put it under /home/kasm-default-profile, from which a new home is filled.",
  },
  { path: "/dev", reason: "is made by the container engine" },
  { path: "/proc", reason: "is made by the container engine" },
  { path: "/sys", reason: "is made by the container engine" },
  { path: "/tmp", reason: "is emptied when the container starts" },
];

/** What is wrong with the files: their paths, their kinds, their sources in the workspace's `folder`. */
export function fileFaults(workspace: Lenient<Workspace>, folder: string): Fault[] {
  const wallpaper = sourceFaults(workspace.desktop?.wallpaper, "desktop.wallpaper", folder);
  const faults = present(workspace.files).flatMap(({ item: file, index }) => [
    ...kindFaults(file, index),
    ...sourceFaults(file.source, showPath(["files", index, "source"]), folder),
    ...reservedPathFaults(file.path, showPath(["files", index, "path"])),
    ...linkedFolderFaults(file.path, showPath(["files", index, "path"])),
    ...lengthFaults(file.path, showPath(["files", index, "path"])),
    ...clashFaults(file, index, workspace),
  ]);
  return [...wallpaper, ...faults];
}

/** Faults of a path in the image that a workspace must not use. */
export function reservedPathFaults(path: string | undefined, at: string): Fault[] {
  if (path === undefined) return [];
  const reserved = RESERVED.find((entry) => path === entry.path || path.startsWith(`${entry.path}/`));
  if (reserved !== undefined) {
    const { reason, fix } = reserved;
    return [{ path: at, message: `${reserved.path} ${reason}`, fix: fix ?? "Choose another path." }];
  }
  const inside = RESERVED.find((entry) => entry.path.startsWith(`${path}/`));
  if (inside === undefined) return [];
  return [{ path: at, message: `${path} is a folder of the image`, fix: "Choose a path inside it." }];
}

/** Folders that are links in the image, each with its target. */
const LINKED: Readonly<Record<string, string>> = {
  "/bin": "/usr/bin",
  "/sbin": "/usr/sbin",
  "/lib": "/usr/lib",
  "/lib64": "/usr/lib64",
  "/var/run": "/run",
  "/var/lock": "/run/lock",
};

/** Faults of a path whose folder is a link: a layer with a file in it would replace the link by a folder. */
export function linkedFolderFaults(path: string | undefined, at: string): Fault[] {
  const linked = Object.entries(LINKED).find(([link]) => path === link || path?.startsWith(`${link}/`));
  if (path === undefined || linked === undefined) return [];
  const [link, target] = linked;
  const fix = `Write ${target}${path.slice(link.length)}.`;
  return [{ path: at, message: `${link} is a link to ${target}, and a file there would replace it`, fix }];
}

/** Bytes of the longest name that a file system takes. */
const LONGEST_NAME = 255;

function lengthFaults(path: string | undefined, at: string): Fault[] {
  if (path?.split("/").some((name) => Buffer.byteLength(name) > LONGEST_NAME) !== true) return [];
  return [
    {
      path: at,
      message: `has a part longer than ${LONGEST_NAME} bytes`,
      fix: "Choose a shorter one.",
    },
  ];
}

/** The entry at a path, links not followed; undefined where there is none, or where the path is invalid. */
function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function kindFaults(file: Lenient<ImageFile>, index: number): Fault[] {
  const kinds = (["text", "source", "link"] as const).filter((kind) => file[kind] !== undefined);
  const path = showPath(["files", index]);
  if (kinds.length !== 1) {
    const got = kinds.join(" and ") || "none of them";
    return [
      { path, message: `expected exactly one of text, source, link, got ${got}`, fix: "Keep one of them." },
    ];
  }
  if (file.link !== undefined && !/^[^\t\n]+$/.test(file.link)) {
    const message = "the target of a link must not be empty or contain a tab or line break";
    return [{ path: showPath(["files", index, "link"]), message, fix: "Correct the target." }];
  }
  if (kinds[0] !== "link" || (file.mode ?? file.owner) === undefined) return [];
  return [{ path, message: "a link cannot have a mode or an owner", fix: "Remove `mode` and `owner`." }];
}

function sourceFaults(given: string | undefined, path: string, folder: string): Fault[] {
  if (given === undefined) return [];
  const source = normalize(given);
  if (isAbsolute(source) || source.split("/").includes("..")) {
    const fix = "Copy the file into the workspace's folder and name it relative to that.";
    return [{ path, message: `"${given}" is outside the workspace's folder`, fix }];
  }
  const entry = entryAt(join(folder, source));
  if (entry?.isSymbolicLink()) {
    const message = `"${given}" is a link, and Nix would copy the link without its target`;
    return [{ path, message, fix: "Replace the link by the file itself." }];
  }
  if (!entry?.isFile()) {
    return [
      {
        path,
        message: `there is no file "${given}" in ${folder}`,
        fix: "Create it, or correct the name.",
      },
    ];
  }
  if (source.split("/").every((part) => /^[a-zA-Z0-9_+=?-][a-zA-Z0-9._+=?-]*$/.test(part))) return [];
  const message = `"${given}" has a name that Nix cannot store`;
  const fix = "Use only letters, digits, ., _, -, + and no dot first; `path` sets its name in the image.";
  return [{ path, message, fix }];
}

function clashFaults(file: Lenient<ImageFile>, index: number, workspace: Lenient<Workspace>): Fault[] {
  const path = showPath(["files", index, "path"]);
  return present(workspace.files).flatMap(({ item: other, index: otherIndex }): Fault[] => {
    if (file.path === undefined || other.path === undefined || otherIndex === index) return [];
    const at = showPath(["files", otherIndex]);
    if (file.path === other.path && otherIndex < index) {
      return [{ path, message: `${file.path} is already created by ${at}`, fix: "Remove one of the two." }];
    }
    if (!file.path.startsWith(`${other.path}/`)) return [];
    const message = `${other.path} is a file, created by ${at}, so no path can be below it`;
    return [{ path, message, fix: "Change one of the two paths." }];
  });
}
