import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTrustedProxies } from "../../../src/runtime/gateway/client-address.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";
import { startUrlLauncher } from "../../../src/runtime/launcher/start.ts";
import { eventually } from "../../helpers/eventually.ts";
import { freePort } from "../../helpers/free-port.ts";
import { memoryLog } from "../memory-log.ts";

const PUBLIC = "http://93.184.215.14/";
const BROWSER = { app: "chromium", egress: false };

async function start(
  { URL_LAUNCHER_TOKEN, ...environment }: NodeJS.ProcessEnv,
  launcher?: { app: string; egress: boolean },
) {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), "kasmix-launcher-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const memory = memoryLog();
  const started = startUrlLauncher({
    launcher,
    environment: { NAV_SHIM_PORT: String(port), CDP_PORT: "1", ...environment },
    secrets: URL_LAUNCHER_TOKEN === undefined ? {} : { URL_LAUNCHER_TOKEN },
    home,
    ownPorts: [6901],
    throttle: createThrottle(),
    proxies: createTrustedProxies(),
    log: memory.log,
  });
  onTestFinished(() => started.close());
  const ask = async (path: string, options: RequestInit = {}) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, options)).status;
  const open = (token: string) =>
    ask("/open", { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: "{}" });
  const listening = () => eventually(async () => expect(await ask("/healthz")).toBe(200));
  return { ...started, ask, open, listening, file: join(home, ".config/kasmix/launcher-token"), memory };
}

describe("the token", () => {
  // It was the owner's password, which everybody on the network path could read.
  it("is generated and kept in a file for this user alone; the password is refused", async () => {
    const { open, listening, file, memory } = await start({ VNC_PW: "secret" }, BROWSER);
    await listening();
    const token = readFileSync(file, "utf8").trim();
    expect(token).toMatch(/^\w{20}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([await open("secret"), await open(token)]).toEqual([401, 400]);
    expect(memory.events("launcher.token.generated")).toMatchObject([
      { message: expect.stringContaining(`cat ${file}`) },
    ]);
    expect(JSON.stringify(memory.records)).not.toContain(token);
  });

  it("is URL_LAUNCHER_TOKEN when that is set", async () => {
    const { open, listening, file } = await start({ URL_LAUNCHER_TOKEN: "chosen" }, BROWSER);
    await listening();
    expect([await open("other"), await open("chosen")]).toEqual([401, 400]);
    expect(existsSync(file)).toBe(false);
  });
});

describe("the opener", () => {
  it("works with and without HTTP", async () => {
    const heard = await start({}, BROWSER);
    await heard.listening();
    const deaf = await start({ LAUNCH_NAV_SHIM: "0" }, BROWSER);
    for (const { opener } of [heard, deaf]) {
      expect(await opener?.open(PUBLIC)).toMatchObject({ status: 503 });
      expect(await opener?.open("http://127.0.0.1/")).toMatchObject({ status: 400, reason: "loopback" });
    }
    await expect(deaf.ask("/healthz")).rejects.toThrow();
    expect(existsSync(deaf.file)).toBe(false);
  });

  it("shares its bucket with HTTP", async () => {
    const { opener, open, listening } = await start({ URL_LAUNCHER_TOKEN: "chosen" }, BROWSER);
    await listening();
    while (opener?.bucket.take() === 0);
    expect(await open("chosen")).toBe(429);
  });

  it("is missing when the workspace has no launcher", async () => {
    expect(await start({})).not.toHaveProperty("opener");
  });
});
