import { describe, expect, it, onTestFinished } from "vitest";
import { startUrlLauncher } from "../../../src/runtime/launcher/start.ts";
import { eventually } from "../../helpers/eventually.ts";
import { freePort } from "../../helpers/free-port.ts";
import { memoryLog } from "../memory-log.ts";

const PUBLIC = "http://93.184.215.14/";
const BEARER = { Authorization: "Bearer secret" };

async function start(environment: NodeJS.ProcessEnv, launcher?: { app: string; egress: boolean }) {
  const port = await freePort();
  const started = startUrlLauncher({
    launcher,
    environment: { NAV_SHIM_PORT: String(port), CDP_PORT: "1", ...environment },
    password: "secret",
    ownPorts: [6901],
    log: memoryLog().log,
  });
  onTestFinished(() => started.close());
  const ask = async (path: string, options: RequestInit = {}) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, options)).status;
  return { ...started, ask };
}

describe("the opener", () => {
  it("works with and without HTTP", async () => {
    const browser = { app: "chromium", egress: false };
    const heard = await start({}, browser);
    await eventually(async () => expect(await heard.ask("/healthz")).toBe(200));
    const deaf = await start({ LAUNCH_NAV_SHIM: "0" }, browser);
    for (const { opener } of [heard, deaf]) {
      expect(await opener?.open(PUBLIC)).toMatchObject({ status: 503 });
      expect(await opener?.open("http://127.0.0.1/")).toMatchObject({ status: 400, reason: "loopback" });
    }
    await expect(deaf.ask("/healthz")).rejects.toThrow();
  });

  it("shares its bucket with HTTP", async () => {
    const { opener, ask } = await start({}, { app: "chromium", egress: false });
    await eventually(async () => expect(await ask("/healthz")).toBe(200));
    while (opener?.bucket.take() === 0);
    expect(await ask("/open", { method: "POST", headers: BEARER, body: "{}" })).toBe(429);
  });

  it("is missing when the workspace has no launcher", async () => {
    expect(await start({})).not.toHaveProperty("opener");
  });
});
