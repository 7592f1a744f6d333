import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Lock, type Locks, renderLock } from "../../../src/debian/format.ts";
import { lockWorkspaces } from "../../../src/debian/lock.ts";
import { prefetch, storePathOf } from "../../../src/debian/prefetch.ts";
import { readLocks } from "../../../src/debian/read.ts";
import { defineWorkspace } from "../../../src/model/define.ts";
import { KasmixError } from "../../../src/model/error.ts";
import type { Workspace } from "../../../src/model/types.ts";
import { $ } from "../../helpers/shell.ts";
import { type ArchivedFile, listArchive } from "./layers.ts";
import { nix, nixLines, ROOT } from "./nix.ts";

/** Packages with awkward maintainer scripts, one for each kind. */
const AWKWARD = {
  "vim-tiny": "alternatives, several links in a group",
  plocate: "a group of its own and a set-gid program",
  "openssh-server": "a user, ucf, debconf, host keys",
  "gsettings-desktop-schemas": "compiled schemas",
  "shared-mime-info": "a cache by trigger",
  "molly-guard": "diversions in preinst",
  "fonts-liberation": "font caches",
  "python3-yaml": "Python byte code",
  "ca-certificates": "a bundle and hashed links",
  "mtr-tiny": "file capabilities",
  "openjdk-21-jre-headless": "alternatives whose manual pages lie outside of the trimmed folders",
  "postgresql-client": "alternatives that are manual pages only",
  "ssl-cert": "a key of its own, and a hashed link to its certificate",
  fakeroot: "alternatives with manual pages in several languages",
  "man-db": "runs a program as another user",
  wamerican: "dictionaries by trigger and debconf",
  "desktop-file-utils": "a cache of file types by trigger",
  "gtk-update-icon-cache": "icon caches by trigger",
  "libgdk-pixbuf-2.0-0": "a list of loaders by trigger",
};

/** Programs that keep their set-id bit or file capabilities; all others of the image lose them. */
const PRIVILEGED = ["usr/bin/mtr-packet", "usr/bin/plocate"];

/** Where the two ways to install may differ, and why. */
const EXCEPTIONS: readonly [RegExp, string][] = [
  [/^(dev|proc|sys|run|tmp|var\/tmp)(\/|$)/, "given by the container engine, or empty"],
  [/^etc\/(hostname|resolv\.conf|fstab|apt\/sources\.list|\.pwd\.lock)$/, "written by mmdebstrap itself"],
  [/^etc\/(apt\/apt\.conf\.d|dpkg\/dpkg\.cfg\.d)\//, "each has its own settings"],
  [
    /^etc\/(passwd|group|g?shadow|subuid|subgid)-?$/,
    "numbers of users and groups; they are compared by name",
  ],
  [/^var\/(log|cache\/apt|cache\/ldconfig|lib\/apt\/lists)\//, "logs and indexes"],
  [
    /^var\/lib\/dpkg\/(available|arch|lock|lock-frontend|[a-z]+-old|triggers\/(Lock|File))$/,
    "bookkeeping of one run",
  ],
  [/^var\/cache\/(debconf\/.*-old|fontconfig\/|man\/)/, "backups, and caches with times in them"],
  [/^var\/lib\/apt\/extended_states$/, "the same marks in another order"],
  [/^\.$/, "the root folder itself"],
  [/\.pyc$/, "has the time of its source"],
  [/^etc\/ssl\/certs\/java\/cacerts$/, "a keystore with the times at which certificates were added"],
  [/^etc\/(ssh\/ssh_host_|machine-id)|^var\/lib\/dbus\/machine-id/, "secrets and ids of one machine"],
];

/**
 * What is left out of images: a machine's own key, and what trim.cfg names, in other words. Directories of trimmed files
 * stay, because maintainer scripts make links in them, except those of single packages.
 */
const TRIMMED: readonly RegExp[] = [
  /^usr\/share\/doc\/(?!.*\/copyright$)/,
  /^usr\/share\/(man|info)\/.*\./,
  /^usr\/share\/locale\/(?!locale\.alias$).*\./,
  /^usr\/share\/(gtk-doc|help)\/[^/]+\//,
  /^usr\/share\/lintian\/overrides\//,
  /^usr\/lib\/[^/]+\/systemd\/libsystemd-core-[^/]*\.so$/,
  /^usr\/share\/i18n\/charmaps\/(?!UTF-8\.gz$)/,
  /(^|\/)ssl-cert-snakeoil\.(pem|key)$/,
  // Alternatives that are manual pages only, such as bash's.
  /^var\/lib\/dpkg\/alternatives\/.*\.\d\.gz$/,
];

const lacking = process.getuid?.() !== 0 || (await $`which mmdebstrap nix-store`.exitCode) !== 0;

test.skipIf(lacking)(
  `packages with awkward maintainer scripts are installed as apt does it as root${lacking ? " (skipped: needs root and mmdebstrap)" : ""}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "kasmix-awkward-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const workspace = defineWorkspace({
      name: "awkward",
      title: "Awkward",
      description: "A workspace of a test.",
      base: { distribution: "debian" },
      packages: Object.keys(AWKWARD),
    });
    await lockOnEssentials(folder, workspace);
    const locks = await readLocks(folder, workspace.name);
    await prefetch(Object.values(locks));
    const [ours, theirs] = await Promise.all([installByNix(folder), installAsRoot(folder, locks)]);

    const names = new Set([...ours.keys(), ...theirs.keys()]);
    const [compareOurs, compareTheirs] = [comparable(ours), comparable(theirs)];
    const different = [...names]
      .filter((name) => compareOurs(name) !== compareTheirs(name))
      .filter((name) => ours.has(name) || !isTrimmed(name, theirs.get(name)))
      .filter((name) => !EXCEPTIONS.some(([pattern]) => pattern.test(name)));
    expect(different.map((name) => ({ name, ours: ours.get(name), theirs: theirs.get(name) }))).toEqual([]);
    expect(ours.size).toBeGreaterThan(10_000);
    expect(ours.get("usr/bin/plocate")?.mode).toBe(0o2755);
    expect(ours.get("usr/bin/mtr-packet")?.capability).toBeTruthy();
    const privileged = [...ours].filter(([, file]) => gainsPrivileges(file)).map(([name]) => name);
    expect(privileged.sort()).toEqual(PRIVILEGED);
    // Its hashed link was left behind without a target, and bears the name of the machine.
    expect([...ours].filter(([, { link }]) => link?.includes("snakeoil"))).toEqual([]);
    // Without its directory, update-alternatives failed, and with it the whole build.
    expect(ours.get("usr/share/man/man1/java.1.gz")?.link).toBe("/etc/alternatives/java.1.gz");
  },
);

test("a build refuses to keep privileges that a program does not have, and lists those that have some", async () => {
  const expression = `
    let
      inherit (import ${ROOT}/nix { }) parts;
      lock = builtins.fromJSON (builtins.readFile ${ROOT}/nix/locks/core.json);
    in
    parts.installPackages {
      name = "empty";
      lock = lock // { packages = [ ]; requested = [ ]; steps = [ ]; };
      below = parts.core;
      privileged = [ "/usr/bin/env" ];
    }`;
  const failed = await nix("nix-build", "--no-out-link", "--expr", expression).catch(String);
  expect(failed).toContain(
    "These programs of `privileged` have no set-id bit and no file capability: /usr/bin/env",
  );
  // The list was empty, as if the message were cut off.
  expect(failed).toContain("Programs of the workspace's packages that have one: none");
});

/** Whether a file, or the target of a link, is left out of images. */
function isTrimmed(name: string, file?: ArchivedFile): boolean {
  return [name, file?.link?.replace(/^\//, "") ?? name].some((path) =>
    TRIMMED.some((pattern) => pattern.test(path)),
  );
}

/** Whether a program may do what its caller may not. */
function gainsPrivileges({ type, mode, capability }: ArchivedFile): boolean {
  return type === "file" && ((mode & 0o6000) !== 0 || capability !== undefined);
}

/**
 * What must be equal of a file. Users and groups are compared by name: their numbers follow the order in which the
 * packages are configured, and a workspace's come after all of the core. /lib is /usr/lib.
 */
function comparable(files: Map<string, ArchivedFile>): (name: string) => string {
  const read = (list: string) =>
    new Map(
      (files.get(list)?.text ?? "").split("\n").map((line) => [line.split(":")[2], line.split(":")[0]]),
    );
  const [users, groups] = [read("etc/passwd"), read("etc/group")];
  return (name) => {
    const file = files.get(name);
    if (file === undefined) return "none";
    const { type, mode, uid, gid, link, content, capability } = file;
    const kept = type !== "file" || PRIVILEGED.includes(name);
    const target = link?.replace(/^\/(lib|bin|sbin)\//, "/usr/$1/");
    return JSON.stringify([
      type,
      kept ? mode : mode & ~0o6000,
      users.get(`${uid}`),
      groups.get(`${gid}`),
      target,
      content,
      kept ? capability : undefined,
    ]);
  };
}

/** What is there before the packages: mtr's scripts set a capability only by this. */
const BASE = ["libcap2-bin"];

/**
 * Locks the workspace on the essential packages of the committed core, or of a new one where that is too old. The rest of
 * the core is large, and none of it is installed in another way than these packages.
 */
async function lockOnEssentials(folder: string, workspace: Workspace): Promise<void> {
  const locks = join(folder, "nix/locks");
  await mkdir(locks, { recursive: true });
  for (const name of ["core.json", "tools.json"]) {
    await copyFile(join(ROOT, "nix/locks", name), join(locks, name));
  }
  const onEssentials = async () => {
    const core: Lock = JSON.parse(await readFile(join(locks, "core.json"), "utf8"));
    const packages = core.packages.filter(({ name, essential }) => essential || BASE.includes(name));
    const steps = [{ unpack: BASE }, { configure: BASE }];
    await writeFile(join(locks, "core.json"), renderLock({ ...core, packages, steps }));
    await lockWorkspaces(folder, [workspace], { keepCore: true });
  };
  await onEssentials().catch(async (error: unknown) => {
    if (!(error instanceof KasmixError && error.code === "E_MODEL")) throw error;
    await lockWorkspaces(folder, []);
    await onEssentials();
  });
}

/** Both layers as Nix builds them. */
async function installByNix(folder: string): Promise<Map<string, ArchivedFile>> {
  const expression = `
    let
      inherit (import ${ROOT}/nix { }) parts;
      lock = name: builtins.fromJSON (builtins.readFile (${folder}/nix/locks + "/\${name}.json"));
      core = parts.installPackages { name = "core"; lock = lock "core"; };
    in
    [
      core
      (parts.installPackages {
        name = "awkward";
        lock = lock "awkward";
        below = core;
        privileged = [ ${PRIVILEGED.map((path) => `"/${path}"`).join(" ")} ];
      })
    ]`;
  const file = join(folder, "expression.nix");
  await writeFile(file, expression);
  const layers = await nixLines("nix-build", "--no-out-link", file);
  const files = new Map<string, ArchivedFile>();
  for (const layer of layers) await listArchive(join(layer, "layer.tar"), files);
  return files;
}

/** The same packages by apt, as real root, from a repository that has just them. */
async function installAsRoot(folder: string, locks: Locks): Promise<Map<string, ArchivedFile>> {
  const repository = join(folder, "debs");
  await mkdir(repository);
  const paragraphs: string[] = [];
  for (const pkg of [...locks.core.packages, ...locks.own.packages]) {
    const file = join(repository, basename(storePathOf(pkg)));
    await copyFile(storePathOf(pkg), file);
    const { stdout } = await $`dpkg-deb --field ${file}`;
    paragraphs.push(
      `${stdout.trim()}\nFilename: ./${basename(file)}\nSize: ${pkg.size}\nSHA256: ${pkg.sha256}\n`,
    );
  }
  await writeFile(join(repository, "Packages"), paragraphs.join("\n"));
  const target = join(folder, "root.tar");
  // Maintainer scripts that run as real root must not see, let alone kill, what else runs on this machine.
  const options = [
    '--aptopt=APT::Install-Recommends "false"',
    "--dpkgopt=force-unsafe-io",
    `--include=${["apt", ...BASE, ...locks.own.requested].join(",")}`,
  ];
  const source = `deb [trusted=yes] copy://${repository} ./`;
  // An mmdebstrap that fails sends SIGHUP to its process group, which would be the whole test run's.
  await $`SOURCE_DATE_EPOCH=1795000000 setsid --wait unshare --pid --fork --mount-proc \
    mmdebstrap --mode=root --variant=essential ${options} "" ${target} ${source}`;
  return listArchive(target);
}
