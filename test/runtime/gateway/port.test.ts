import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepListening, wantedPort } from "../../../src/runtime/gateway/port.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";

describe("the wanted port", () => {
  it.each([
    [undefined, 6901],
    ["", 6901],
    ["8443", 8443],
    ["65536", 6901],
    ["0", 6901],
    ["-1", 6901],
    ["80.5", 6901],
    ["https", 6901],
  ])("of %s is %s", (NO_VNC_PORT, port) => {
    const { log, events } = memoryLog();
    expect(wantedPort({ NO_VNC_PORT }, log)).toBe(port);
    const isWrong = Boolean(NO_VNC_PORT) && NO_VNC_PORT !== String(port);
    expect(events("gateway.port")).toMatchObject(
      isWrong
        ? [{ port: NO_VNC_PORT, message: expect.stringContaining("set a number from 1 to 65535") }]
        : [],
    );
  });
});

describe("a port that is taken", () => {
  let squatter: Server;
  let server: Server;
  let stop: () => void;
  let port: number;
  let clock: number;
  let errors: number;
  let memory: ReturnType<typeof memoryLog>;

  beforeEach(async () => {
    squatter = createServer().listen(0);
    await once(squatter, "listening");
    port = (squatter.address() as AddressInfo).port;
    [clock, errors, memory] = [0, 0, memoryLog()];
    server = createServer().on("error", () => {
      errors += 1;
    });
    stop = keepListening(server, { port, log: memory.log, retry: 5, now: () => clock });
  });

  afterEach(() => {
    stop();
    squatter.close();
  });

  it("is told with what to do, then once a minute", async () => {
    await eventually(() => expect(errors).toBeGreaterThan(3));
    expect(memory.events("gateway.port")).toMatchObject([
      { port, code: "EADDRINUSE", message: expect.stringMatching(/end it, or set NO_VNC_PORT/) },
    ]);
    clock += 59_999;
    const before = errors;
    await eventually(() => expect(errors).toBeGreaterThan(before + 1));
    expect(memory.events("gateway.port")).toHaveLength(1);
    clock += 1;
    await eventually(() => expect(memory.events("gateway.port")).toHaveLength(2));
  });

  it("is taken over when it is free", async () => {
    await eventually(() => expect(errors).toBeGreaterThan(0));
    squatter.close();
    await eventually(() => expect(memory.events("gateway.listening")).toMatchObject([{ port }]));
  });

  it("is left alone by a gateway that is closed", async () => {
    await eventually(() => expect(errors).toBeGreaterThan(0));
    stop();
    const before = errors;
    squatter.close();
    await once(squatter, "close");
    const next = createServer().listen(port);
    await once(next, "listening");
    next.close();
    await once(next, "close");
    expect([errors, server.listening]).toEqual([before, false]);
  });

  it("is no reason to listen again when only a connection failed", async () => {
    squatter.close();
    await eventually(() => expect(server.listening).toBe(true));
    for (let count = 0; count < 3; count += 1)
      server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
    expect(memory.events("gateway.accept")).toMatchObject([
      { code: "EMFILE", message: expect.stringContaining("raise the limit") },
    ]);
    expect(server.listening).toBe(true);
  });
});
