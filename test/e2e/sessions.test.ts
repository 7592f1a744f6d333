import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { stringify } from "yaml";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { runProcess } from "../../src/engine/process.ts";
import { renderComposeSessions } from "../../src/manifest/compose-sessions.ts";
import type { Session } from "../../src/manifest/sessions.ts";
import { writeFiles, writePasswords } from "../../src/manifest/write.ts";
import { loadWorkspace } from "../../src/model/load.ts";
import { resolveWorkspace } from "../../src/model/resolve.ts";
import { painted, visit } from "../helpers/browser.ts";
import { composeProgram } from "../helpers/compose.ts";
import { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "../helpers/gateway.ts";
import { OWN_PREFIX } from "../helpers/leftovers.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { EAVESDROP, hears, playTone } from "../helpers/sound.ts";

const ROOT = join(import.meta.dirname, "../..");
const CADDY = "/usr/bin/caddy";
const DOMAIN = "desk.localhost";
const NAMES = ["ann", "bob", "eve"] as const;
type Name = (typeof NAMES)[number];
/** Two with host names of their own, and one with a path. */
const PEOPLE: readonly Session[] = [{ name: "ann" }, { name: "bob", path: "/bob/" }, { name: "eve" }];

const compose = await composeProgram();
const missing = "missing" in compose ? compose.missing : existsSync(CADDY) ? "" : "no caddy";

/** The files as `kasmix manifest` writes them, with Debian's Caddy in the place of Docker Hub's. */
describe.skipIf(missing !== "")(`desktops of several people${missing && ` (not run: ${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-sessions-"));
  const workspace = `${OWN_PREFIX}${process.pid}-0`;
  let engine: Engine;
  let browser: Browser;
  let port: number;
  let desks: Readonly<Record<Name, TestContainer>>;

  async function write(people: readonly Session[]): Promise<void> {
    const resolved = { ...resolveWorkspace(await loadWorkspace(ROOT, "desktop")), name: workspace };
    const options = { image: inject("image").tag, bind: "127.0.0.1", port };
    const { files, secrets } = renderComposeSessions(resolved, { host: DOMAIN, sessions: people }, options);
    const caddy = {
      image: options.image,
      user: "root",
      entrypoint: [CADDY, "run", "--adapter=caddyfile", "--config=/etc/caddy/Caddyfile"],
      environment: { XDG_DATA_HOME: "/data", XDG_CONFIG_HOME: "/config" },
      volumes: [`${CADDY}:${CADDY}:ro`],
    };
    await writeFiles(folder, { ...files, "debian.yaml": stringify({ services: { proxy: caddy } }) });
    await writePasswords(folder, secrets);
  }

  async function run(...words: string[]): Promise<string> {
    const files = ["compose.yaml", "debian.yaml"].flatMap((name) => ["--file", join(folder, name)]);
    const { ok, stdout, stderr } = await runProcess("path" in compose ? compose.path : "", [
      ...files,
      ...words,
    ]);
    if (!ok) throw new Error(`docker-compose ${words.join(" ")}: ${stderr}`);
    return stdout;
  }

  const password = (name: Name) =>
    /^VNC_PW=(.+)$/m.exec(readFileSync(join(folder, `kasmix-${workspace}-${name}.env`), "utf8"))?.[1] ?? "";
  const hostOf = (name: Name) => (name === "bob" ? DOMAIN : `${name}.${DOMAIN}`);
  const pathOf = (name: Name) => (name === "bob" ? "/bob/" : "/");
  const urlOf = (name: Name) => `https://${hostOf(name)}:${port}${pathOf(name)}`;
  const status = async (name: Name, path: string, given?: string) => {
    const headers = { host: `${hostOf(name)}:${port}` };
    const options = { headers, ...(given === undefined ? {} : { password: given }) };
    return (await ask(port, `${pathOf(name)}${path}`, options)).status;
  };
  const ready = (name: Name) =>
    eventually(async () => expect(await status(name, "readyz")).toBe(200), { timeout: PATIENCE });

  beforeAll(async () => {
    [engine, browser, port] = await Promise.all([detectEngine(), sharedBrowser(), freePort()]);
    await write(PEOPLE);
    await run("up", "--detach");
    const settings = { ...{ image: "", digest: "", id: "", bind: "127.0.0.1", port, password: "" } };
    const limits = { memory: "2GiB", cpus: 2, sharedMemory: "512MiB", pidsLimit: 2000, volumes: [] };
    const desk = (name: Name) =>
      new TestContainer(engine, { ...settings, ...limits, workspace: `${workspace}-${name}` });
    desks = { ann: desk("ann"), bob: desk("bob"), eve: desk("eve") };
    await Promise.all(NAMES.map(ready));
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await run("down", "--volumes", "--timeout=0").catch(() => {});
    // Compose forgets whoever is no longer in its file.
    await engine?.attempt(["network", "rm", `kasmix-${workspace}-eve`]);
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (name: Name): Promise<Page> => {
    const { page, complaints } = await visit(browser, urlOf(name), password(name), { initScript: EAVESDROP });
    expect(complaints).toEqual([]);
    return page;
  };

  test("each password opens one desktop and no other", async () => {
    for (const name of NAMES) {
      expect(await status(name, "")).toBe(401);
      for (const other of NAMES)
        expect(await status(name, "", password(other)), `${other} at ${name}'s`).toBe(
          name === other ? 200 : 401,
        );
    }
  });

  /** A file that is brought by the panel arrives, and the page plays what the desktop plays. */
  async function works(name: Name): Promise<void> {
    const page = await open(name);
    await painted(page, `sessions-${name}`);
    const content = randomBytes(5_000_000);
    const file = join(folder, `${name}.bin`);
    await writeFile(file, content);
    // Of a first try.
    await desks[name].shell("rm -f ~/Uploads/*");
    await openPanel(page, "files");
    await page.locator("#groups-files input[type=file]").first().setInputFiles(file);
    await playTone(desks[name]);
    await hears(page);
    const sum = createHash("sha256").update(content).digest("hex");
    const arrived = () => desks[name].exec("sha256sum", `/home/kasm-user/Uploads/${name}.bin`);
    await eventually(async () => expect(await arrived()).toContain(sum), { timeout: PATIENCE });
  }

  test("by a name or a path of their own, two sign in, hear their desktops and bring files", async () => {
    await Promise.all([works("ann"), works("bob")]);
    const uploads = (name: Name) => desks[name].exec("ls", "/home/kasm-user/Uploads");
    expect(await uploads("ann")).toBe("ann.bin");
    expect(await uploads("bob")).toBe("bob.bin");
  });

  test("no desktop reaches another one, nor has another's password", async () => {
    const networks = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const [ann, bob] = await Promise.all([desks.ann.inspect(networks), desks.bob.inspect(networks)]);
    const reach = (address: string) =>
      desks.bob.attempt(
        "curl",
        "--insecure",
        "--silent",
        "--max-time",
        "3",
        `https://${address}:6901/healthz`,
      );
    const reached = await Promise.all([bob, ann, "ann"].map(reach));
    expect(reached.map(({ ok }) => ok)).toEqual([true, false, false]);
    const environment = await desks.bob.inspect("{{.Config.Env}}");
    expect(environment).toContain(password("bob"));
    for (const other of ["ann", "eve"] as const) expect(environment).not.toContain(password(other));
  });

  test("one comes and one goes, and the desktops of the others go on", async () => {
    const page = await open("ann");
    const starts = () =>
      Promise.all([desks.ann, desks.bob].map((desk) => desk.inspect("{{.State.StartedAt}}")));
    const [before, passwords] = [await starts(), NAMES.map(password)];
    await write([...PEOPLE.filter(({ name }) => name !== "eve"), { name: "new" }]);
    await run("up", "--detach", "--remove-orphans", "--timeout=0");
    expect(await starts()).toEqual(before);
    expect(NAMES.map(password)).toEqual(passwords);
    expect((await desks.eve.attempt("true")).ok).toBe(false);
    const home = await engine.attempt(["volume", "inspect", `kasmix-${workspace}-eve-home`]);
    expect(home.ok).toBe(true);
    await engine.run(["volume", "rm", `kasmix-${workspace}-eve-home`]);
    await eventually(async () => expect(await status("ann", "", password("ann"))).toBe(200), {
      timeout: PATIENCE,
    });
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"), {
      timeout: PATIENCE,
    });
  });
});
