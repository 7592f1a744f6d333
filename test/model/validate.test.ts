import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { validateWorkspace } from "../../src/model/validate.ts";
import { makeProject } from "../helpers/project.ts";
import { TINY } from "./tiny.ts";

const ORIGIN = { folder: "/nowhere", name: "tiny" };

/** The faults of the smallest workspace with these fields changed, one line each. */
function faultsOf(changes: object): string[] {
  return validateWorkspace({ ...TINY, ...changes }, ORIGIN).map(
    ({ path, message, fix }) => `${path}: ${message}. ${fix}`,
  );
}

describe("a workspace's shape", () => {
  it("has no faults in the smallest workspace, nor in one that uses everything", () => {
    const folder = makeProject({ "files/motd": "", "icon.svg": "" });
    const everything = {
      ...TINY,
      icon: "icon.svg",
      display: { server: "tigervnc", resolution: "1920x1080", frameRate: 30 },
      services: {
        api: {
          command: ["api", ""],
          environment: { LEVEL: "debug" },
          directory: "/srv",
          needs: [{ service: "setup", condition: "completed" }, { service: "desktop" }],
          ready: { log: "^listening on \\d+$" },
          restart: "always",
          startTimeout: 30,
          stop: { signal: "INT", grace: 2 },
          critical: true,
          port: 8080,
        },
        setup: { command: ["setup"], restart: "on-failure", ready: { fd: 3 } },
      },
      apps: [
        {
          name: "editor",
          title: "Editor",
          command: ["mousepad"],
          autostart: true,
          ready: { window: "Mouse" },
        },
      ],
      privileged: ["/usr/bin/ping"],
      limits: {
        api: { memory: "512MiB", niceness: 5 },
        editor: { niceness: 19 },
        display: { memory: "1GiB" },
      },
      environment: { GTK_THEME: "Adwaita:dark" },
      files: [
        { path: "/etc/motd", source: "files/motd", mode: "0600", owner: "kasm-user" },
        { path: "/etc/issue", text: "" },
        { path: "/etc/alias", link: "motd" },
        { path: "/dockerstartup/custom_startup.sh", text: "#!/bin/sh\n", mode: "0755" },
      ],
      resources: { memory: "4GiB", cpus: 0.5, sharedMemory: "64MiB", pidsLimit: 500 },
      volumes: [{ name: "data", path: "/data" }],
    };
    expect(validateWorkspace(TINY, ORIGIN)).toEqual([]);
    expect(validateWorkspace(everything, { folder, name: "tiny" })).toEqual([]);
  });

  it("says what is expected, what was given and what to do", () => {
    const { title: _, ...untitled } = TINY;
    expect(validateWorkspace(untitled, ORIGIN)).toEqual([
      {
        path: "title",
        message: "is missing",
        fix: "Add `title`: name people see in the Kasm dashboard and in the browser's tab.",
      },
    ]);
    expect(faultsOf({ title: 5, packages: "vim" })).toMatchInlineSnapshot(`
      [
        "title: expected a text, got 5. Give a value of that type.",
        "packages: expected a list, got "vim". Give a value of that type.",
      ]
    `);
    expect(faultsOf({ packages: ["Firefox ESR"] })).toMatchInlineSnapshot(`
      [
        "packages[0]: expected a Debian package name: lower-case letters, digits, \`+\`, \`.\` and \`-\`, at least two characters, got "Firefox ESR". It must match ^[a-z0-9][a-z0-9+.-]+$",
      ]
    `);
    expect(faultsOf({ display: { resolution: "big", frameRate: 500 } })).toMatchInlineSnapshot(`
      [
        "display.resolution: expected size of the screen before a browser asks for its own: width x height, got "big". It must match ^[1-9][0-9]{2,4}x[1-9][0-9]{2,4}$",
        "display.frameRate: expected at most 120, got 500. Give 120 or less.",
      ]
    `);
    expect(faultsOf({ apps: [{ name: "a", title: "A", comand: ["a"] }] })).toMatchInlineSnapshot(`
      [
        "apps[0].command: is missing. Add \`command\`: program and arguments; \`{NAME}\` in an argument stands for an environment variable. The variable \`argumentsFrom\` replaces the arguments.",
        "apps[0].comand: is not a known field. Did you mean "command"?",
      ]
    `);
    expect(faultsOf({ services: { a: { command: ["a"], restart: "allways" } } })).toMatchInlineSnapshot(`
      [
        "services.a.restart: expected one of "always", "on-failure", "never", got "allways". Did you mean "always"?",
      ]
    `);
    expect(faultsOf({ categories: [], title: "" })).toMatchInlineSnapshot(`
      [
        "title: expected at least 1 character, got "". Write a text.",
        "categories: expected at least 1 item, got a list of 0. Add at least one.",
      ]
    `);
    expect(faultsOf({ base: { distribution: "fedora" } })).toMatchInlineSnapshot(`
      [
        "base.distribution: expected one of "debian", "nixpkgs", got "fedora". Use one of them.",
      ]
    `);
    expect(validateWorkspace(undefined, ORIGIN)).toMatchInlineSnapshot(`
      [
        {
          "fix": "Write \`export default defineWorkspace({ … })\`.",
          "message": "expected an object, got undefined",
          "path": "workspace",
        },
      ]
    `);
  });

  it("makes one fault of each wrong readiness, not one for each kind", () => {
    const ready = (value: unknown) => faultsOf({ services: { a: { command: ["a"], ready: value } } });
    expect(ready({ sockt: "/x" })).toMatchInlineSnapshot(`
      [
        "services.a.ready: expected exactly one of socket, port, file, log, fd, command, window, got sockt. Did you mean "socket"?",
      ]
    `);
    expect(ready({ log: "x", port: 5000 })).toMatchInlineSnapshot(`
      [
        "services.a.ready: expected exactly one of socket, port, file, log, fd, command, window, got log and port. Keep one of them.",
      ]
    `);
    expect(ready({ port: 80 })).toMatchInlineSnapshot(`
      [
        "services.a.ready.port: expected at least 1024, got 80. Give 1024 or more.",
      ]
    `);
    expect(ready("soon")).toMatchInlineSnapshot(`
      [
        "services.a.ready: expected exactly one of socket, port, file, log, fd, command, window, got "soon". Keep one of them.",
      ]
    `);
    expect(ready({ log: "(" })).toMatchInlineSnapshot(`
      [
        "services.a.ready.log: Invalid regular expression: /(/: Unterminated group. Correct the regular expression.",
      ]
    `);
  });

  // The first passed and was read as a window later; the others failed with JSON's own message.
  it("refuses an undefined kind, and fields that JSON cannot hold", () => {
    const app = { name: "a", title: "A", command: ["a"] };
    const before = [
      { mergeJson: "~/a", fields: { big: 1n, nan: Number.NaN, call: () => 1, good: [null, 1] } },
    ];
    const apps = [{ ...app, before, ready: { window: undefined } }];
    expect(faultsOf({ apps })).toMatchInlineSnapshot(`
      [
        "apps[0].ready: expected exactly one of socket, port, file, log, fd, command, window, got none of them. Keep one of them.",
        "apps[0].before[0].fields.big: 1 cannot be written as JSON. Write it as a text, or remove it.",
        "apps[0].before[0].fields.nan: NaN cannot be written as JSON. Write it as a text, or remove it.",
        "apps[0].before[0].fields.call: a function cannot be written as JSON. Write it as a text, or remove it.",
      ]
    `);
  });

  it("reports every fault at once, of the schema and of the rules", () => {
    const faults = faultsOf({
      name: "other",
      title: 5,
      services: { a: { command: [], needs: [{ service: "b" }] } },
    });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "title",
      "services.a.command",
      "name",
      "services.a.needs[0].service",
    ]);
  });
});

describe("names, ports and dependencies", () => {
  it("must fit: folder, apps, services and built-in services have one name each", () => {
    const app = { title: "X", command: ["x"] };
    const apps = [
      { ...app, name: "x" },
      { ...app, name: "x" },
      { ...app, name: "display" },
      { ...app, name: "s" },
    ];
    expect(
      faultsOf({ apps, services: { s: { command: ["s"] }, "S p": { command: ["s"] } } }),
    ).toMatchInlineSnapshot(`
      [
        "services["S p"]: expected lower-case letters, digits and \`-\`, a letter first, at most 40, got "S p". Rename the service.",
        "apps[1].name: "x" is already used by apps[0].name. Choose another, or remove one of the two.",
        "apps[2].name: "display" is already used by a built-in service. Choose another, or remove one of the two.",
        "apps[3].name: "s" is already used by services.s. Choose another, or remove one of the two.",
      ]
    `);
    expect(faultsOf({ name: "other", packages: ["vim", "vim"] })).toMatchInlineSnapshot(`
      [
        "name: is "other", but the folder is workspaces/tiny. Name it "tiny", or rename the folder.",
        "packages[1]: "vim" is already used by packages[0]. Choose another, or remove one of the two.",
      ]
    `);
  });

  it("must not put two services on one port, nor one on Kasmix's own", () => {
    const on = (port: number) => ({ command: ["x"], port });
    expect(
      faultsOf({ services: { a: on(8080), b: on(8080), c: on(6901), d: on(4904) } }),
    ).toMatchInlineSnapshot(`
      [
        "services.b.port: port 8080 is already taken by the service "a". Choose another port.",
        "services.c.port: port 6901 is already taken by the desktop. Choose another port.",
        "services.d.port: port 4904 is already taken by gamepads. Choose another port.",
      ]
    `);
  });

  // The launcher, or its browser, could not listen.
  it("must not put a service on a port of the URL launcher, where there is one and it has not been moved", () => {
    const on = (port: number) => ({ command: ["x"], port });
    const services = { a: on(9998), b: on(9997), c: on(9222) };
    const apps = [{ name: "web", title: "Web", command: ["x"], opensUrls: true, autostart: true }];
    const moved = { environment: { CDP_PORT: "9223" } };
    expect(faultsOf({ services })).toEqual([]);
    expect(faultsOf({ services, apps, launcher: { app: "web" }, ...moved })).toMatchInlineSnapshot(`
      [
        "services.a.port: port 9998 is already taken by the URL launcher. Choose another port.",
        "services.b.port: port 9997 is already taken by the URL launcher. Choose another port.",
      ]
    `);
  });

  it("must name services that exist, and conditions that can be met", () => {
    const needs = (service: string, condition = "ready") => ({
      command: ["x"],
      needs: [{ service, condition }],
    });
    const apps = [{ name: "editor", title: "Editor", command: ["x"] }];
    const services = {
      a: needs("displya"),
      b: needs("editor"),
      c: needs("a", "completed"),
      d: needs("sound", "completed"),
    };
    expect(faultsOf({ apps, services })).toMatchInlineSnapshot(`
      [
        "services.a.needs[0].service: there is no service "displya". Did you mean "display"?",
        "services.b.needs[0].service: "editor" is an app, and a service cannot wait for an app. Use one of a, b, c, d, session-bus, display, desktop, sound.",
        "services.c.needs[0].service: "a" never completes: it is restarted whenever it ends. Give services.a \`restart: "on-failure"\`, or use the condition "ready".",
        "services.d.needs[0].service: "sound" never completes: it is restarted whenever it ends. Use the condition "ready" or "started".",
      ]
    `);
  });

  it("must exist to be limited, and only apps that start with the desktop are services", () => {
    const apps = [{ name: "editor", title: "Editor", command: ["x"] }];
    const limits = { dekstop: { niceness: 1 }, editor: { memory: "1GiB" }, sound: { memory: "64MiB" } };
    expect(faultsOf({ apps, limits })).toMatchInlineSnapshot(`
      [
        "limits.dekstop: there is no service "dekstop". Did you mean "desktop"?",
        "limits.editor: "editor" is an app that is not started with the desktop. Give the app \`autostart: true\`, or remove the limit.",
      ]
    `);
    expect(faultsOf({ limits: { sound: { memory: "64MB", niceness: 20 } } })).toMatchInlineSnapshot(`
      [
        "limits.sound.memory: expected a size with a binary unit: \`512MiB\`, \`4GiB\`, got "64MB". It must match ^[1-9][0-9]*(MiB|GiB)$",
        "limits.sound.niceness: expected at most 19, got 20. Give 19 or less.",
      ]
    `);
  });

  it("must have a browser for the URL launcher", () => {
    const browser = { name: "browser", title: "Browser", command: ["x"], autostart: true, opensUrls: true };
    const faultsWith = (launcher: object, app: object = browser) => faultsOf({ apps: [app], launcher });
    expect(faultsWith({ app: "browser" })).toEqual([]);
    expect(faultsWith({ app: "browsr" })).toEqual([
      'launcher.app: there is no app "browsr". Did you mean "browser"?',
    ]);
    expect(faultsWith({ app: "browser" }, { ...browser, autostart: false })).toEqual([
      'launcher.app: "browser" is not started with the desktop, or does not open URLs. Give it `autostart: true` and `opensUrls: true`.',
    ]);
  });

  it("must not wait for each other in a circle, and each circle is one fault", () => {
    const needs = (...names: string[]) => ({ command: ["x"], needs: names.map((service) => ({ service })) });
    const services = {
      a: needs("b", "desktop"),
      b: needs("c"),
      c: needs("a"),
      d: needs("d"),
      e: needs("a", "d"),
    };
    expect(faultsOf({ services })).toEqual([
      "services.a.needs: these services wait for each other: a -> b -> c -> a. Remove one of these needs.",
      "services.d.needs: these services wait for each other: d -> d. Remove one of these needs.",
    ]);
  });
});

it("a session's limits are times of ten seconds or more, and an end belongs to a limit", () => {
  const paths = (session: object) => faultsOf({ session }).map((fault) => fault.split(":")[0]);
  expect(paths({ idle: "30min", longest: "8h", end: "stop" })).toEqual([]);
  expect(paths({ idle: 30, longest: "9s" })).toEqual(["session.idle", "session.longest"]);
  expect(paths({ end: "hibernate", idle: "10s" })).toEqual(["session.end"]);
  expect(faultsOf({ session: { end: "stop" } })).toEqual([
    "session.end: has no effect, because no limit ends the session. Set `session.idle` or `session.longest`, or remove it.",
  ]);
  expect(faultsOf({ environment: { KASMIX_IDLE_LIMIT: "1h" } })).toEqual([
    "environment.KASMIX_IDLE_LIMIT: KASMIX_IDLE_LIMIT is set by Kasmix. Set `session.idle`.",
  ]);
});

describe("environment and texts", () => {
  it("must hold no secret, no invalid name and nothing that Kasmix sets", () => {
    const environment = {
      VNC_PW: "x",
      GITHUB_TOKEN: "x",
      "MY VAR": "",
      DISPLAY: ":3",
      VNC_RESOLUTION: "1x1",
      OK: "",
    };
    expect(faultsOf({ environment })).toMatchInlineSnapshot(`
      [
        "environment.VNC_PW: VNC_PW looks like a secret, and anyone can read an image's environment. Pass secrets at run time: \`docker run -e VNC_PW=…\`.",
        "environment.GITHUB_TOKEN: GITHUB_TOKEN looks like a secret, and anyone can read an image's environment. Pass secrets at run time: \`docker run -e GITHUB_TOKEN=…\`.",
        "environment["MY VAR"]: "MY VAR" cannot be the name of an environment variable. Use letters, digits and \`_\`, no digit first.",
        "environment.DISPLAY: DISPLAY is set by Kasmix. Remove it: Kasmix sets it.",
        "environment.VNC_RESOLUTION: VNC_RESOLUTION is set by Kasmix. Set \`display.resolution\`.",
      ]
    `);
    // The image had them: anyone could read the one, and with the other `docker exec` found no display.
    const missed = { AWS_SECRET_ACCESS_KEY: "x", XAUTHORITY: "/x" };
    expect(faultsOf({ environment: missed }).map((fault) => fault.split(":")[0])).toEqual([
      "environment.AWS_SECRET_ACCESS_KEY",
      "environment.XAUTHORITY",
    ]);
    const service = { command: ["x"], environment: { API_KEY: "1" } };
    expect(faultsOf({ services: { a: service } })[0]).toMatch(
      /^services.a.environment.API_KEY: API_KEY looks like/,
    );
  });

  it("must not hold what a command line or file name cannot", () => {
    const faults = faultsOf({ apps: [{ name: "a", title: "\ud800", command: ["", "a\0b"] }] });
    expect(faults).toMatchInlineSnapshot(`
      [
        "apps[0].command[0]: names no program. Name the program.",
        "apps[0].title: holds half a surrogate pair. Remove it.",
        "apps[0].command[1]: holds a NUL character. Remove it.",
      ]
    `);
  });
});

// The display server does not start with such a screen.
it("refuses a screen that is too large for a display server", () => {
  expect(faultsOf({ display: { resolution: "16384x16384" } })).toEqual([]);
  expect(faultsOf({ display: { resolution: "1280x16385" } })).toMatchInlineSnapshot(`
    [
      "display.resolution: 1280x16385 has a side of more than 16384 pixels, which no display server supports. Choose a smaller size.",
    ]
  `);
});

it("a desktop has a known theme and panel, and a wallpaper in the workspace's folder", () => {
  const folder = makeProject({ "wall.png": "", secret: "" });
  const faults = (desktop: object) =>
    validateWorkspace({ ...TINY, desktop, icon: "wall.png" }, { folder, name: "tiny" }).map(
      ({ path, message }) => `${path}: ${message.replace(folder, "<folder>")}`,
    );
  expect(faults({ theme: "auto", panel: "none", wallpaper: "wall.png" })).toEqual([]);
  expect([
    ...faults({ theme: "night", panel: "left", wallpaper: "secret" }),
    ...faults({ wallpaper: "missing.jpg" }),
    ...faults({ wallpaper: "../wall.png" }),
  ]).toMatchInlineSnapshot(`
    [
      "desktop.theme: expected one of "auto", "light", "dark", got "night"",
      "desktop.panel: expected one of "bottom", "top", "none", got "left"",
      "desktop.wallpaper: expected file in the workspace's folder, a PNG or a JPEG, got "secret"",
      "desktop.wallpaper: there is no file "missing.jpg" in <folder>",
      "desktop.wallpaper: "../wall.png" is outside the workspace's folder",
    ]
  `);
});

describe("files", () => {
  it("must have one content, a free path, and a source in the workspace's folder", () => {
    const root = makeProject({ "ws/.hidden": "", "ws/dir/x": "", secret: "" });
    const files = [
      { path: "etc/x", text: "" },
      { path: "/etc/../x", text: "" },
      { path: "/etc/a", text: "", source: "dir/x" },
      { path: "/etc/b" },
      { path: "/etc/c", source: "../secret" },
      { path: "/etc/d", source: "nope" },
      { path: "/etc/e", source: "dir" },
      { path: "/etc/f", source: ".hidden" },
      { path: "/etc/f/g", text: "" },
      { path: "/etc/h", link: "x", mode: "0644" },
      { path: "/etc/b", text: "" },
      { path: "/opt/kasmix/workspace.json", text: "" },
      { path: "/usr/bin", text: "" },
      { path: "/home/kasm-user/.profile", text: "" },
    ];
    const folder = join(root, "ws");
    const faults = validateWorkspace({ ...TINY, files, icon: "none.svg" }, { folder, name: "tiny" });
    expect(
      faults.map(({ path, message }) => `${path}: ${message.replace(folder, "<folder>")}`),
    ).toMatchInlineSnapshot(`
      [
        "files[0].path: expected an absolute path in the image, without \`..\` or empty parts, got "etc/x"",
        "files[1].path: expected an absolute path in the image, without \`..\` or empty parts, got "/etc/../x"",
        "icon: there is no file "none.svg" in <folder>",
        "files[2]: expected exactly one of text, source, link, got text and source",
        "files[3]: expected exactly one of text, source, link, got none of them",
        "files[4].source: "../secret" is outside the workspace's folder",
        "files[5].source: there is no file "nope" in <folder>",
        "files[6].source: there is no file "dir" in <folder>",
        "files[7].source: ".hidden" has a name that Nix cannot store",
        "files[8].path: /etc/f is a file, created by files[7], so no path can be below it",
        "files[9]: a link cannot have a mode or an owner",
        "files[10].path: /etc/b is already created by files[3]",
        "files[11].path: /opt/kasmix belongs to Kasmix",
        "files[12].path: /usr/bin is a folder of the image",
        "files[13].path: /home/kasm-user is a volume, which hides the image's files there",
      ]
    `);
  });

  it("has an icon that is a file", () => {
    const folder = makeProject({ "dir/x": "" });
    const pathsOf = (icon: string) =>
      validateWorkspace({ ...TINY, icon }, { folder, name: "tiny" }).map(({ path }) => path);
    expect(["dir/x", "dir", ""].map(pathsOf)).toEqual([[], ["icon"], ["icon"]]);
    // Of the image, which is not built yet.
    expect(pathsOf("/usr/share/icons/app.png")).toEqual([]);
  });

  // These were "a fault of Kasmix", with a stack.
  it("may have names as long as a file system takes, and a source with a valid name", () => {
    const name = "é".repeat(128);
    const files = [
      { path: `/etc/${name}`, text: "" },
      { path: `/etc/${name.slice(1)}`, text: "" },
      { path: "/etc/a", source: name },
    ];
    const folder = makeProject({});
    const faults = validateWorkspace({ ...TINY, files, icon: name }, { folder, name: "tiny" });
    expect(faults.map(({ path }) => path)).toEqual(["icon", "files[0].path", "files[2].source"]);
    expect(faults[1]?.message).toBe("has a part longer than 255 bytes");
  });

  // Each passed, and then the build failed, or the image lost /bin/sh.
  it("must be files that Nix can take, in folders that are not links of the image", () => {
    const folder = makeProject({ real: "" });
    symlinkSync("real", join(folder, "link"));
    const files = [
      { path: "/etc/a", source: "link" },
      { path: "/etc/b", link: "" },
      { path: "/etc/c", link: "a\tb" },
      { path: "/bin/d", text: "" },
      { path: "/lib/systemd/e", text: "" },
      { path: "/var/run", text: "" },
      { path: "/library/f", text: "" },
    ];
    const faults = validateWorkspace({ ...TINY, files }, { folder, name: "tiny" });
    expect(faults.map(({ path, message, fix }) => `${path}: ${message}. ${fix}`)).toMatchInlineSnapshot(`
      [
        "files[0].source: "link" is a link, and Nix would copy the link without its target. Replace the link by the file itself.",
        "files[1].link: the target of a link must not be empty or contain a tab or line break. Correct the target.",
        "files[2].link: the target of a link must not be empty or contain a tab or line break. Correct the target.",
        "files[3].path: /bin is a link to /usr/bin, and a file there would replace it. Write /usr/bin/d.",
        "files[4].path: /lib is a link to /usr/lib, and a file there would replace it. Write /usr/lib/systemd/e.",
        "files[5].path: /var/run is a link to /run, and a file there would replace it. Write /run.",
      ]
    `);
  });

  // One named "home" was the home, mounted a second time.
  it("keeps volumes off the names of Kasmix's own volumes", () => {
    const volumes = [{ name: "home", path: "/data" }];
    expect(faultsOf({ volumes })).toEqual([
      `volumes[0].name: "home" is already used by a volume of Kasmix's own. Choose another, or remove one of the two.`,
    ]);
  });

  it("keeps volumes off Kasmix's folders, and allows them in the home", () => {
    const volumes = [
      { name: "a", path: "/home/kasm-user" },
      { name: "a", path: "/opt" },
      { name: "b", path: "/home/kasm-user/projects" },
    ];
    expect(faultsOf({ volumes })).toMatchInlineSnapshot(`
      [
        "volumes[1].name: "a" is already used by volumes[0].name. Choose another, or remove one of the two.",
        "volumes[0].path: the home is a volume already. Remove it.",
        "volumes[1].path: /opt is a folder of the image. Choose a path inside it.",
      ]
    `);
  });
});
