import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "../helpers/gateway.ts";

const STAND_IN = join(import.meta.dirname, "../runtime/fixtures/kasmvnc");

describe("an image that has KasmVNC, with a stand-in for it", () => {
  let container: TestContainer;
  let sound: number;
  let port: number;
  let password: string;

  beforeAll(async () => {
    sound = await freePort();
    const mounts = ["--volume", `${STAND_IN}:/opt/kasmix/kasmvnc:ro`];
    container = await createContainer({
      image: inject("image"),
      engineOptions: [...mounts, "--publish", `127.0.0.1:${sound}:4901`],
    });
    ({ port, password } = container.settings);
    await container.start();
    await container.ready();
  });

  afterAll(() => container?.remove());

  test("becomes ready, for the command line and inside", async () => {
    await container.exec("desktop_ready");
    const { services } = JSON.parse(await container.exec("kasmixctl", "status", "--json"));
    expect(services).toMatchObject({ display: { status: "ready" }, desktop: { status: "ready" } });
    expect(await container.exec("sh", "-c", "xprop -root _NET_CLIENT_LIST | head -1")).toContain("0x");
  });

  test("has KasmVNC on 6901, with the container's password only", async () => {
    expect(await ask(port, "/")).toMatchObject({ status: 401 });
    expect(await ask(port, "/", { password })).toMatchObject({
      status: 200,
      body: expect.stringContaining("KasmVNC"),
    });
    const rights = await container.shell("stat -c %a ~/.kasmpasswd; cut -d: -f1,3 ~/.kasmpasswd");
    expect(rights.trim()).toBe("600\nkasm_user:wo");
  });

  test("has the side services on their own ports, which refuse wrong credentials", async () => {
    expect((await ask(sound, "/")).status).toBe(401);
    expect((await ask(sound, "/", { password: `${password}x` })).status).toBe(401);
    expect((await ask(sound, "/", { user: "root", password })).status).toBe(401);
    expect((await ask(sound, "/nothing", { password })).status).toBe(404);
  });

  test("has its password neither in a command line nor in the log", async () => {
    const lines = await container.shell(`cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'`);
    expect(lines).toContain("-KasmPasswordFile");
    expect(lines).not.toContain(password);
    expect((await container.log()).join("\n")).not.toContain(password);
  });

  test("has the desktop back after KasmVNC was killed", async () => {
    const display = async () =>
      JSON.parse(await container.exec("kasmixctl", "status", "--json")).services.display;
    const before = await display();
    await container.exec("kill", "-KILL", String(before.pid));
    await eventually(
      async () => {
        const now = await display();
        expect(now.starts).toBeGreaterThan(before.starts);
        expect(now.status).toBe("ready");
      },
      { timeout: PATIENCE },
    );
    await container.exec("desktop_ready");
    expect(await ask(port, "/", { password })).toMatchObject({ status: 200 });
  });
});
