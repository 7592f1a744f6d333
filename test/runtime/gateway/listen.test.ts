import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepListening } from "../../../src/runtime/gateway/listen.ts";
import { eventually } from "../../helpers/eventually.ts";
import { freePort } from "../../helpers/free-port.ts";
import { memoryLog } from "../memory-log.ts";

const listener = { name: "door", setting: "DOOR_PORT", loss: "nobody gets in" };

describe("a port in use", () => {
  let squatter: Server;
  let server: Server;
  let stop: () => void;
  let port: number;
  let clock: number;
  let errors: number;
  let memory: ReturnType<typeof memoryLog>;

  beforeEach(async () => {
    port = await freePort();
    squatter = createServer().listen(port);
    await once(squatter, "listening");
    [clock, errors, memory] = [0, 0, memoryLog()];
    server = createServer().on("error", () => {
      errors += 1;
    });
    stop = keepListening(server, { port, listener, log: memory.log, retry: 5, now: () => clock });
  });

  afterEach(() => {
    stop();
    squatter.close();
  });

  it("is logged with advice, then once a minute", async () => {
    await eventually(() => expect(errors).toBeGreaterThan(3));
    expect(memory.events("door.port")).toMatchObject([
      {
        port,
        code: "EADDRINUSE",
        message: expect.stringMatching(/so nobody gets in: end it, or set DOOR_PORT/),
      },
    ]);
    clock += 59_999;
    const before = errors;
    await eventually(() => expect(errors).toBeGreaterThan(before + 1));
    expect(memory.events("door.port")).toHaveLength(1);
    clock += 1;
    await eventually(() => expect(memory.events("door.port")).toHaveLength(2));
  });

  it("is opened when it becomes free", async () => {
    await eventually(() => expect(errors).toBeGreaterThan(0));
    squatter.close();
    await eventually(() => expect(memory.events("door.listening")).toMatchObject([{ port }]));
  });

  it("is not retried by a closed server", async () => {
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

  it("is not opened again when only a connection failed", async () => {
    squatter.close();
    await eventually(() => expect(server.listening).toBe(true));
    for (let count = 0; count < 3; count += 1)
      server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
    expect(memory.events("door.accept")).toMatchObject([
      { code: "EMFILE", message: expect.stringContaining("raise the limit") },
    ]);
    expect(server.listening).toBe(true);
  });

  it("is opened on one address only when one is given", async () => {
    stop();
    server = createServer();
    stop = keepListening(server, { port: 0, host: "127.0.0.1", listener, log: memory.log });
    await once(server, "listening");
    expect(server.address()).toMatchObject({ address: "127.0.0.1" });
  });
});
