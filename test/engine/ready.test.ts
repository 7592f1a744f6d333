import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { expect, it } from "vitest";
import type { Engine } from "../../src/engine/detect.ts";
import { probePort, requireFreePort } from "../../src/engine/port.ts";
import { waitUntilReady } from "../../src/engine/ready.ts";
import { PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";

const OUTCOME = { exitCode: 0, stderr: "", notFound: false, timedOut: false };

/** An engine with one container, running or not, that has logged one line. */
function engineWith(running: boolean): Engine {
  const State = { Running: running, StartedAt: "" };
  const inspected = [{ Name: "/kasmix-x", RestartCount: 0, State, Config: { Image: "i" }, HostConfig: {} }];
  return {
    kind: "docker",
    version: "0",
    globalOptions: [],
    createOptions: [],
    run: async () => "",
    attempt: async ([command]) => ({
      ...OUTCOME,
      ok: true,
      stdout: command === "logs" ? "the last line" : command === "ps" ? "" : JSON.stringify(inspected),
    }),
  };
}

/** A TLS server with a certificate of its own that is ready at the third request, or sends another answer. */
function spawnGateway(port: number, answer?: number): ChildProcess {
  const script = `
    const { execFileSync } = require("node:child_process");
    const pem = execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
      "-nodes", "-days", "1", "-subj", "/CN=kasm", "-keyout", "-"], { stdio: ["ignore", "pipe", "ignore"] });
    let asked = 0;
    require("node:https").createServer({ key: pem, cert: pem }, (request, response) => {
      if (request.url === "/asked") return response.end(String(asked));
      const ready = request.url === "/readyz" && ++asked >= 3;
      response.writeHead(${answer ?? 0} || (ready ? 200 : 503)).end();
    }).listen(${port}, "127.0.0.1");`;
  return spawn(process.execPath, ["-e", script], { stdio: "ignore" });
}

/** How often /readyz was asked for. */
function questions(port: number): Promise<number> {
  const options = { host: "127.0.0.1", port, path: "/asked", rejectUnauthorized: false, agent: false };
  return new Promise((resolve, reject) => {
    get(options, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve(Number(body));
    }).on("error", reject);
  });
}

it("waits through refused connections and 503 until /readyz says 200", async () => {
  const port = await freePort();
  const gateway = spawnGateway(port);
  try {
    await waitUntilReady(engineWith(true), { workspace: "x", bind: "127.0.0.1", port, timeout: PATIENCE });
    expect(await questions(port)).toBe(3);
  } finally {
    gateway.kill();
  }
});

it("gives up at the deadline with the last lines of the log", async () => {
  const port = await freePort();
  const waiting = waitUntilReady(engineWith(true), { workspace: "x", bind: "127.0.0.1", port, timeout: 50 });
  await expect(waiting).rejects.toMatchObject({
    code: "E_NOT_READY",
    faults: [{ path: "last log lines", message: "the last line" }],
  });
});

it("gives up at once when the container has ended", async () => {
  const port = await freePort();
  const waiting = waitUntilReady(engineWith(false), { workspace: "x", bind: "127.0.0.1", port });
  await expect(waiting).rejects.toThrow("ended before its desktop was ready");
});

it("stops waiting when it is interrupted", async () => {
  const port = await freePort();
  const controller = new AbortController();
  const options = { workspace: "x", bind: "127.0.0.1", port, signal: controller.signal };
  const waiting = waitUntilReady(engineWith(true), options);
  controller.abort();
  await expect(waiting).rejects.toThrow("abort");
});

it("names the port that is taken, and suggests the next", async () => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(await probePort("127.0.0.1", port)).toBe("EADDRINUSE");
  await expect(requireFreePort(engineWith(true), "127.0.0.1", port)).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringContaining(`Port ${port} is taken`),
    fix: expect.stringMatching(/--port \d+$/),
  });
  server.close();
});

it("refuses an address of another machine", async () => {
  await expect(requireFreePort(engineWith(true), "192.0.2.1", 6901)).rejects.toThrow("EADDRNOTAVAIL");
});
