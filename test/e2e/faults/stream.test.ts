import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { readExtras, renderExtras } from "../../../src/engine/extras.ts";
import { decodeFrame, encodeReceipt, type StreamReport } from "../../../src/wire/screen.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { type Faults, startFaults } from "../../helpers/faults.ts";
import { ask } from "../../helpers/gateway.ts";
import { makeDevice } from "../../helpers/gpu.ts";

/** A group that no machine has. */
const GROUP = 424_242;
const NO_FLAGS = { env: [], "env-file": [], volume: [], publish: [], device: [], gpu: [] };
const SUBJECT = { bind: "127.0.0.1", port: 6901, volumes: [], variables: { TZ: "" } };

describe("the picture's stream", () => {
  let faults: Faults;
  let folder: string;

  beforeAll(async () => {
    // Something moves, so that there are frames. The terminal ends with the display.
    const count = "while :; do date +%N; sleep 0.05; done";
    const script = `while :; do xfce4-terminal --disable-server -x sh -c '${count}'; sleep 0.5; done`;
    folder = mkdtempSync(join(tmpdir(), "kasmix-gpu-"));
    const node = join(folder, "renderD128");
    makeDevice(node, GROUP);
    faults = await startFaults({
      services: { clock: { script } },
      // By the CLI's own options: a GPU of no use, which is another device in truth.
      engineOptions: renderExtras(
        readExtras({ ...NO_FLAGS, device: [`${node}:/dev/dri/renderD128`] }, SUBJECT),
      ),
    });
    await faults.desktopReady();
  });

  afterAll(async () => {
    await faults.remove();
    rmSync(folder, { recursive: true });
  });

  /** Watches as the page does. */
  function watch() {
    const { port, password } = faults.container.settings;
    const authorization = `Basic ${Buffer.from(`kasm_user:${password}`).toString("base64")}`;
    const options = { headers: { authorization }, rejectUnauthorized: false };
    const client = new WebSocket(`wss://127.0.0.1:${port}/screen`, "binary", options);
    onTestFinished(() => client.terminate());
    const seen = { client, frames: 0, reports: [] as StreamReport[] };
    client.on("open", () => client.send('{"codecs":["h264"]}'));
    client.on("message", (data: Buffer, isBinary) => {
      const frame = isBinary ? decodeFrame(data) : undefined;
      if (!frame) return seen.reports.push(JSON.parse(data.toString()));
      seen.frames += 1;
      return client.send(encodeReceipt(frame.number));
    });
    return seen;
  }

  const sees = async (seen: { readonly frames: number }) => {
    const before = seen.frames;
    await eventually(() => expect(seen.frames).toBeGreaterThan(before + 5), { timeout: PATIENCE });
  };

  const ENCODER = "^/usr/bin/python3 -IB /opt/kasmix/screen-encoder ";

  test("comes from the processor, with one line that says why, where the GPU is of no use to its driver", async () => {
    expect(await faults.container.shell("id -G && : <>/dev/dri/renderD128")).toBe(`1000 ${GROUP}`);
    await sees(watch());
    const lines = (await faults.log()).filter(({ event }) => event === "screen.encoder");
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The picture is encoded by x264 on the processor: ./),
    ]);
  });

  test("goes on after its encoder was killed, while all else runs, and ends with the last who watches", async () => {
    const seen = watch();
    await sees(seen);
    const stream = seen.reports[0];
    expect(stream).toMatchObject({ codec: expect.stringMatching(/^avc1\./), encoder: "x264" });
    await faults.container.exec("pkill", "-KILL", "-f", ENCODER);
    await eventually(() => expect(seen.reports).toEqual([stream, { paused: "failed" }, stream]), {
      timeout: PATIENCE,
    });
    await sees(seen);
    await faults.logged({ event: "screen.encoder", message: /SIGKILL/ });
    expect((await faults.container.services()).display).toMatchObject({ status: "ready", starts: 1 });
    seen.client.close();
    await eventually(async () => expect(await faults.does(`! pgrep -f "${ENCODER}"`)).toBe(true), {
      timeout: PATIENCE,
    });
  });

  test("comes back with the display", async () => {
    const seen = watch();
    await sees(seen);
    await faults.container.exec("pkill", "-KILL", "-x", "Xtigervnc");
    await eventually(() => expect(seen.reports).toHaveLength(3), { timeout: PATIENCE });
    await sees(seen);
    const { port, password } = faults.container.settings;
    const { body } = await ask(port, "/metrics", { password });
    expect(body).toMatch(/^kasmix_screen_viewers 1$/m);
  });
});
