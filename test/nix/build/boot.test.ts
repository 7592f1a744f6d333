import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { detectEngine, type Engine } from "../../../src/engine/detect.ts";
import { type Image, readImage, tagsOf } from "../../../src/engine/image.ts";
import { loadImage } from "../../../src/engine/load.ts";
import { nix, ROOT } from "./nix.ts";

const CONTAINER = `kasmix-test-boot-${process.pid}`;

let engine: Engine;
let image: Image;

beforeAll(async () => {
  image = await readImage(await build());
  engine = await detectEngine();
  const loaded = await loadImage(engine, image);
  await engine.run([
    ...["run", "--detach", "--name", CONTAINER, "--shm-size", "512m", "--network", "none"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--env", "VNC_PW=for-tests-only"],
    ...["--env", "LANG=de_DE.UTF-8"],
    loaded.image,
  ]);
});

afterAll(async () => {
  await engine?.attempt(["rm", "--force", "--volumes", CONTAINER]);
  if (image !== undefined) await engine?.attempt(["rmi", "--force", ...tagsOf(image)]);
});

test("an image in nixpkgs' layout has closures below a system of links, and all of /usr/bin leads into the store", async () => {
  expect(new Set(image.layers.slice(0, -2).map(({ kind }) => kind))).toEqual(new Set(["closure"]));
  expect(image.layers.slice(-2).map(({ kind }) => kind)).toEqual(["files", "files"]);
  const own = await inside("find /usr/bin -type f | sort | tr '\\n' ' '");
  const waits = ["desktop", "filter", "printer", "smartcard"];
  expect(own).toBe(waits.map((name) => `/usr/bin/${name}_ready`).join(" "));
  expect(await inside("readlink -f /usr/bin/node /bin/sh /usr/bin/env | grep -vc ^/nix/store/ || true")).toBe(
    "0",
  );
});

test("the desktop starts, is painted, and every service is ready", async () => {
  await inside("timeout 120 desktop_ready");
  const status = JSON.parse(await inside("kasmixctl status --json"));
  for (const service of ["session-bus", "display", "desktop"]) {
    expect(status.services[service], service).toMatchObject({ status: "ready", starts: 1 });
  }
  for (const program of ["xfwm4", "xfce4-panel", "xfdesktop", "xfsettingsd"])
    await inside(`pgrep -x ${program}`);
  expect(await inside("xprop -root _NET_SUPPORTING_WM_CHECK")).toContain("window id");
});

test("users, certificates, time zones, locales, keyboards, fonts, schemas and file types are where programs look", async () => {
  expect(await inside("id -un; getent group 1000 | cut -d : -f 1")).toBe("kasm-user\nkasm-user");
  expect(await inside("stat -c '%F %a %U' /etc/passwd /etc/group")).toBe(
    "regular file 644 root\nregular file 644 root",
  );
  expect(await inside("grep -c 'BEGIN CERTIFICATE' $SSL_CERT_FILE")).toMatch(/^[0-9]{2,}$/);
  expect(await inside("TZ=Europe/Berlin date -d @0 +%H")).toBe("01");
  expect(await inside("locale charmap; date -d @0 +%A")).toBe("UTF-8\nDonnerstag");
  expect(
    await inside("ls /usr/share/X11/xkb/rules/evdev /usr/share/glib-2.0/schemas/gschemas.compiled"),
  ).toContain("evdev");
  expect(await inside("ls -l /usr/share/glib-2.0/schemas/gschemas.compiled | cut -c 1")).toBe("-");
  expect(
    await inside("stat -L -c %F /usr/share/mime/mime.cache /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
  ).toBe("regular file\nregular file");
  expect(await inside("setxkbmap -query 2> /dev/null || xprop -root _XKB_RULES_NAMES")).toMatch(
    /rules|evdev/i,
  );
});

async function inside(script: string): Promise<string> {
  return (await engine.run(["exec", CONTAINER, "bash", "-euc", script])).trim();
}

/** Builds the desktop on Debian's files in nixpkgs' layout; gives the image's folder. */
async function build(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-boot-"));
  const file = join(folder, "boot.nix");
  const text = `
    let
      given = import ${ROOT}/nix/workspaces/desktop.nix;
      debian = import ${ROOT}/test/nix/nixpkgs-of-debian.nix {
        inherit (import ${ROOT}/nix { }) parts;
        lock = builtins.fromJSON (builtins.readFile given.lock);
      };
      inputs = { nixpkgs.lastModifiedDate = "20260911081835"; };
    in
    (import ${ROOT}/nix { inherit inputs; inherit (debian) packagesFor; }).parts.workspace (given // {
      base = "nixpkgs";
      image = "boot-test";
      files = given.files ++ debian.files;
      nixpkgs.packages = [ ];
    })`;
  await writeFile(file, text);
  const derivation = await nix("nix-instantiate", file);
  await rm(folder, { recursive: true });
  return nix("nix-store", "--realise", derivation);
}
