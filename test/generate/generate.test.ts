import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { generate, renderWorkspace } from "../../src/generate/generate.ts";
import { isSchemaOf, readTypes, schemaMarker } from "../../src/generate/schema.ts";
import { listWorkspaces, loadWorkspace } from "../../src/model/load.ts";
import type { Workspace } from "../../src/model/types.ts";
import { makeProject } from "../helpers/project.ts";
import { TINY } from "../model/tiny.ts";
import { evaluate, noNix } from "../nix/evaluate.ts";

/** Deriving the schema loads a TypeScript compiler, which takes long on a busy machine. */
const SLOW = 180_000;
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const RICH: Workspace = {
  ...TINY,
  description: `Says "\${HOME}" and \\n.`,
  apps: [
    { name: "browser", title: "A & B", command: ["browser", "--new window"], icon: "web" },
    { name: "hidden", title: "Hidden", command: ["hidden"], desktopIcon: false },
  ],
  environment: { LANG: "de_DE.UTF-8", GREETING: "héllo" },
  files: [
    { path: "/etc/motd", source: "files/motd", mode: "0600" },
    { path: "/etc/a b", text: "x\n" },
    { path: "/etc/link", link: "motd" },
    { path: "/dockerstartup/custom_startup.sh", text: "#!/bin/sh\n", mode: "0755" },
  ],
  privileged: ["/usr/bin/ping"],
  languages: ["pt_BR", "de"],
  volumes: [{ name: "data", path: "/data" }],
};

function stateOf(root: string): Record<string, number> {
  const files = readdirSync(join(root, "nix"), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files.map((file) => join(file.parentPath, file.name)).map((path) => [path, statSync(path).mtimeMs]),
  );
}

describe("generate", () => {
  it("writes everything once, then touches nothing until something changes", async () => {
    const root = makeProject({ "workspaces/tiny/workspace.ts": "" });
    const first = await generate(root, [TINY]);
    expect(new Set(first.map(({ state }) => state))).toEqual(new Set(["written"]));
    expect(first.map(({ path }) => path)).toContain("nix/workspaces/tiny.nix");
    const before = stateOf(root);
    expect(new Set((await generate(root, [TINY])).map(({ state }) => state))).toEqual(new Set(["unchanged"]));
    expect(stateOf(root)).toEqual(before);
    const second = await generate(root, [{ ...TINY, title: "Other" }]);
    expect(second.filter(({ state }) => state !== "unchanged").map(({ path }) => path)).toEqual([
      "nix/workspaces/tiny.nix",
      "nix/workspaces/tiny/opt/kasmix/workspace.json",
    ]);
  });

  it("only reports what differs when it checks, and writes nothing", async () => {
    const root = makeProject({ "workspaces/tiny/workspace.ts": "" });
    const fresh = await generate(root, [TINY], { check: true });
    expect(new Set(fresh.map(({ state }) => state))).toEqual(new Set(["stale"]));
    expect(existsSync(join(root, "nix"))).toBe(false);
    await generate(root, [TINY]);
    const before = stateOf(root);
    const changed = { ...TINY, display: { frameRate: 30 } };
    const stale = (await generate(root, [changed], { check: true })).filter(({ state }) => state === "stale");
    expect(stateOf(root)).toEqual(before);
    expect(stale).toMatchInlineSnapshot(`
      [
        {
          "diff": "@@ -8,7 +8,7 @@
         tree = ./tiny;
         files = [ { path = "/opt/kasmix/autostart"; } { path = "/opt/kasmix/workspace.json"; } ];
         environment = {
      -    MAX_FRAME_RATE = "60";
      +    MAX_FRAME_RATE = "30";
           VNC_RESOLUTION = "1280x720";
         };
       }
      ",
          "path": "nix/workspaces/tiny.nix",
          "state": "stale",
        },
        {
          "diff": "@@ -1,7 +1,7 @@
       {
         "apps": [],
         "display": {
      -    "frameRate": 60,
      +    "frameRate": 30,
           "resolution": "1280x720"
         },
         "environment": {},
      ",
          "path": "nix/workspaces/tiny/opt/kasmix/workspace.json",
          "state": "stale",
        },
      ]
    `);
  });

  it("writes what a workspace's desktop changes of the files of every image", () => {
    const [top, none] = [{ panel: "top", theme: "dark", wallpaper: "wall.png" }, { panel: "none" }] as const;
    const files = (desktop: Workspace["desktop"] = {}) => new Map(renderWorkspace({ ...TINY, desktop }));
    const xfconf = "nix/workspaces/tiny/etc/xdg/xfce4/xfconf/xfce-perchannel-xml";
    expect(files(top).get(`${xfconf}/xfce4-panel.xml`)).toContain('"p=6;x=0;y=0"');
    expect(files(none).get(`${xfconf}/xfce4-session.xml`)).not.toContain("xfce4-panel");
    expect(files(top).get("nix/workspaces/tiny.nix")).toMatch(
      /bg_default.png";\s+source = ..\/..\/workspaces\/tiny\/wall.png;[\s\S]*KASMIX_THEME = "dark"/,
    );
    expect([...files().keys()].join()).not.toMatch(/xfconf|bg_default/);
  });

  it("removes what it no longer generates, and no hand-written file", async () => {
    const root = makeProject({
      "workspaces/tiny/workspace.ts": "",
      "nix/workspaces/hand-written.nix": "{ }: { }\n",
      "nix/workspaces/hand-written/file": "",
    });
    const app = { name: "editor", title: "Editor", command: ["editor"] };
    await generate(root, [
      { ...TINY, apps: [app] },
      { ...TINY, name: "gone" },
    ]);
    const icon = "nix/workspaces/tiny/home/kasm-default-profile/Desktop/editor.desktop";
    const removed = (await generate(root, [TINY])).filter(({ state }) => state === "removed");
    expect(removed.map(({ path }) => path)).toContain(icon);
    expect(removed.map(({ path }) => path)).toContain("nix/workspaces/gone.nix");
    expect(readdirSync(join(root, "nix/workspaces")).sort()).toEqual([
      "hand-written",
      "hand-written.nix",
      "tiny",
      "tiny.nix",
    ]);
    expect(readdirSync(join(root, "nix/workspaces/tiny"))).toEqual(["opt"]);
  });

  // It ended with "EISDIR: illegal operation on a directory" and left half of the files as they were.
  it("puts a file where a folder was, and a folder where a file was", async () => {
    const root = makeProject({ "workspaces/tiny/workspace.ts": "" });
    const folder = { ...TINY, files: [{ path: "/etc/own/a", text: "a" }] };
    const file = { ...TINY, files: [{ path: "/etc/own", text: "b" }] };
    for (const workspace of [folder, file, folder]) {
      const isStale = ({ state }: { state: string }) => state === "stale";
      expect((await generate(root, [workspace], { check: true })).some(isStale)).toBe(true);
      await generate(root, [workspace]);
      expect((await generate(root, [workspace], { check: true })).filter(isStale)).toEqual([]);
    }
  });

  it("puts the icons on the desktop in the order of the apps, without those that have none", async () => {
    const root = makeProject({ "workspaces/tiny/workspace.ts": "" });
    const named = ["zoo", "able", "none", "mid"].map((name) => ({ name, title: name, command: [name] }));
    await generate(root, [
      { ...TINY, apps: named.map((app) => ({ ...app, desktopIcon: app.name !== "none" })) },
    ]);
    const folder = join(root, "nix/workspaces/tiny/home/kasm-default-profile/.config/xfce4/desktop");
    const places = parse(readFileSync(join(folder, "icons.screen0.yaml"), "utf8"));
    expect(Object.entries(places.configs[0].icons)).toEqual([
      ["/home/kasm-user/Desktop/zoo.desktop", { row: 0, col: 0 }],
      ["/home/kasm-user/Desktop/able.desktop", { row: 1, col: 0 }],
      ["/home/kasm-user/Desktop/mid.desktop", { row: 2, col: 0 }],
    ]);
  });

  it("tells Nix and the runtime what KasmVNC is set to, where it draws the workspace", () => {
    const kasmvnc = { encoding: { rect_encoding_mode: { min_quality: 3 } } };
    const display = { server: "kasmvnc", resolution: "1920x1080", frameRate: 30, kasmvnc } as const;
    const files = new Map(renderWorkspace({ ...TINY, display }));
    expect(files.get("nix/workspaces/tiny.nix")).toContain('displayServer = "kasmvnc";');
    const config = JSON.parse(files.get("nix/workspaces/tiny/opt/kasmix/workspace.json") ?? "");
    expect(config.display).toEqual(display);
    expect(JSON.stringify(renderWorkspace(TINY))).not.toMatch(/kasmvnc|displayServer/);
  });

  it("gives the image the limits of a session", () => {
    const nix = (session: object) =>
      new Map(renderWorkspace({ ...TINY, session })).get("nix/workspaces/tiny.nix") ?? "";
    expect(nix({ idle: "30min", longest: "8h" }).match(/KASMIX_\w+ = .*/g)).toEqual([
      'KASMIX_IDLE_LIMIT = "30min";',
      'KASMIX_SESSION_END = "disconnect";',
      'KASMIX_SESSION_LIMIT = "8h";',
    ]);
    expect(nix({ idle: "90s", end: "stop" })).toContain('KASMIX_SESSION_END = "stop";');
  });

  it("names the apps that start with the desktop for the scripts of the image", () => {
    const apps = ["first", "icon", "second"].map((name) => ({ name, title: name, command: [name] }));
    const started = apps.map((app) => ({ ...app, autostart: app.name !== "icon" }));
    const files = new Map(renderWorkspace({ ...TINY, apps: started }));
    expect(files.get("nix/workspaces/tiny/opt/kasmix/autostart")).toBe("first second\n");
  });

  it("writes nothing at all when one workspace cannot be rendered", async () => {
    const root = makeProject({});
    const wrong: Workspace = { ...TINY, name: "wrong", files: [{ path: "/etc/xdg", text: "" }] };
    await expect(generate(root, [TINY, wrong])).rejects.toMatchObject({
      code: "E_MODEL",
      faults: [{ path: "files[0].path" }],
    });
    expect(existsSync(join(root, "nix"))).toBe(false);
  });

  it("gives texts that end in a newline, name their source and hold no carriage return", () => {
    for (const [path, content] of renderWorkspace({ ...RICH, files: [] })) {
      if (content !== "") expect(content.endsWith("\n"), path).toBe(true);
      expect(content.includes("\r"), path).toBe(false);
      if (!/\/opt\/kasmix\/(workspace\.json|autostart)$/.test(path))
        expect(content, path).toContain("from workspaces/tiny/workspace.ts. Do not edit.");
    }
  });

  it("finds everything in this repository up to date, the schema too", { timeout: SLOW }, async () => {
    const names = await listWorkspaces(REPOSITORY);
    const workspaces = await Promise.all(names.map((name) => loadWorkspace(REPOSITORY, name)));
    const files = await generate(REPOSITORY, workspaces, { check: true });
    expect(files.filter(({ state }) => state !== "unchanged")).toEqual([]);
  });
});

describe("the schema", () => {
  it("tells which types it was derived from, those of imported files too", async () => {
    const root = makeProject({
      "name.ts": "export type Name = string;\n",
      "types.ts":
        'import type { Name } from "./name.ts";\n\nexport interface Workspace { readonly name: Name }\n',
    });
    const schema = await stamp(join(root, "types.ts"));
    expect(isSchemaOf(schema, await readTypes(join(root, "types.ts")))).toBe(true);
    writeFileSync(join(root, "name.ts"), "export type Name = number;\n");
    expect(isSchemaOf(schema, await readTypes(join(root, "types.ts")))).toBe(false);
  });

  it("is derived again when the types change, and checked against them even where the hash is right", async () => {
    const types = "export interface Workspace { readonly name: string }\n";
    const root = makeProject({ "src/model/types.ts": types });
    const states = async (project: string, check = false) =>
      (await generate(project, [], { check, deriveSchema: stamp })).map(({ state }) => state);
    expect(await states(root)).toEqual(["written"]);
    expect(await states(root)).toEqual([]);
    expect(await states(root, true)).toEqual(["unchanged"]);
    const schema = readFileSync(join(root, "src/model/workspace.schema.json"), "utf8");
    const edited = makeProject({
      "src/model/types.ts": types,
      "src/model/workspace.schema.json": schema.replace("{", '{ "edited": true,'),
    });
    expect(await states(edited, true)).toEqual(["stale"]);
  });

  /** Stands in for the derivation, which loads a TypeScript compiler: the first group has the real one. */
  async function stamp(typesFile: string): Promise<string> {
    return `${JSON.stringify({ $comment: schemaMarker(await readTypes(typesFile)) })}\n`;
  }
});

describe.skipIf(noNix !== undefined)(
  `what Nix reads${noNix === undefined ? "" : ` (left out: ${noNix})`}`,
  () => {
    it("is the workspace: files with their places and rights, and the image's configuration", () => {
      const files = new Map(renderWorkspace(RICH));
      const text = files.get("nix/workspaces/tiny.nix");
      const read = evaluate(`let
        given = ${text};
        named = file: file // (if file ? source then { source = baseNameOf file.source; } else { });
        config = import ${REPOSITORY}nix/common/image-config.nix {
          inherit (given) name title description environment volumes;
          labels = { };
        };
      in given // {
        inherit config;
        icon = baseNameOf given.icon;
        tree = baseNameOf given.tree;
        lock = baseNameOf given.lock;
        files = map named given.files;
      }`) as {
        files: { path: string; source?: string }[];
        config: { Entrypoint: string[]; Env: string[] };
      };
      const options = { privileged: ["/usr/bin/ping"], languages: ["de", "pt_BR"] };
      expect(read).toMatchObject({ name: "tiny", tree: "tiny", lock: "tiny.json", ...options });
      expect(read.files.map(({ path }) => path)).toEqual(read.files.map(({ path }) => path).sort());
      const own = ["/etc/motd", "/etc/link", "/etc/a b", "/dockerstartup/custom_startup.sh"];
      expect(read.files.filter(({ path }) => own.includes(path))).toEqual([
        { path: "/dockerstartup/custom_startup.sh", mode: "0755" },
        { path: "/etc/a b" },
        { path: "/etc/link", link: "motd" },
        { path: "/etc/motd", mode: "0600", source: "motd" },
      ]);
      for (const file of read.files.filter((entry) => !("link" in entry || "source" in entry))) {
        expect(files.has(`nix/workspaces/tiny${file.path}`), file.path).toBe(true);
      }
      const startup = readFileSync(join(REPOSITORY, "nix/common/dockerstartup/vnc_startup.sh"), "utf8");
      expect(startup).toContain(`\nexec ${read.config.Entrypoint.join(" ")}\n`);
      expect(read.config).toMatchInlineSnapshot(`
        {
          "Entrypoint": [
            "/opt/kasmix/hide-secrets",
            "--hand-over",
            "/usr/bin/tini",
            "-s",
            "--",
            "/usr/bin/node",
            "--max-semi-space-size=1",
            "--optimize-for-size",
            "--single-threaded",
            "/opt/kasmix/entrypoint.mjs",
          ],
          "Env": [
            "BASH_ENV=/dockerstartup/generate_container_user",
            "DBUS_SESSION_BUS_ADDRESS=unix:path=/tmp/kasmix-1000/bus",
            "DISPLAY=:1",
            "GREETING=héllo",
            "HOME=/home/kasm-user",
            "LANG=de_DE.UTF-8",
            "LOCPATH=/tmp/kasmix-1000/locale",
            "MAX_FRAME_RATE=60",
            "NO_AT_BRIDGE=1",
            "NVIDIA_DRIVER_CAPABILITIES=all",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/games:/usr/games",
            "STARTUPDIR=/dockerstartup",
            "VNC_RESOLUTION=1280x720",
            "XAUTHORITY=/tmp/kasmix-1000/Xauthority",
            "XDG_RUNTIME_DIR=/tmp/kasmix-1000",
          ],
          "ExposedPorts": {
            "4901/tcp": {},
            "4902/tcp": {},
            "4903/tcp": {},
            "4904/tcp": {},
            "6901/tcp": {},
          },
          "Healthcheck": {
            "Interval": 15000000000,
            "Retries": 2,
            "StartPeriod": 30000000000,
            "Test": [
              "CMD",
              "/opt/kasmix/hide-secrets",
              "/usr/bin/timeout",
              "2",
              "/usr/bin/desktop_ready",
            ],
            "Timeout": 5000000000,
          },
          "Labels": {
            "com.kasmweb.image": "true",
            "io.kasmix.workspace": "tiny",
            "org.opencontainers.image.description": "Says "\${HOME}" and \\n.",
            "org.opencontainers.image.title": "Tiny",
          },
          "User": "1000",
          "Volumes": {
            "/data": {},
            "/home/kasm-user": {},
          },
          "WorkingDir": "/home/kasm-user",
        }
      `);
    });
  },
);
