import { once } from "node:events";
import { connect as dial } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "../../../helpers/eventually.ts";
import { freePort } from "../../../helpers/free-port.ts";
import { OPEN, open, openEgress, openRaw, readAll } from "./harness.ts";

describe("CONNECT", () => {
  it("connects client and server until both have ended", async () => {
    const { connect } = await openEgress();
    const { port } = await openRaw((socket) => {
      let heard = "";
      socket.on("data", (chunk) => {
        heard += chunk;
      });
      // Answers only when the client has ended: a half-open connection must stay open.
      socket.on("end", () => socket.end(`heard ${heard}`));
    });
    const { status, socket } = await connect(`${OPEN}:${port}`);
    expect(status).toBe(200);
    socket.end("hello");
    expect(await readAll(socket)).toBe("heard hello");
  });

  it("passes on bytes that come with the request", async () => {
    const { port: proxy } = await openEgress();
    const { port } = await openRaw((socket) => socket.pipe(socket));
    const socket = dial({ host: "127.0.0.1", port: proxy, allowHalfOpen: true });
    socket.end(`CONNECT ${OPEN}:${port} HTTP/1.1\r\nHost: x\r\n\r\nearly`);
    expect(await readAll(socket)).toBe("HTTP/1.1 200 Connection established\r\n\r\nearly");
  });

  it("carries WebSockets", async () => {
    const { connect } = await openEgress();
    const { server, port } = await open(() => {});
    new WebSocketServer({ server }).on("connection", (socket) =>
      socket.on("message", (data) => socket.send(`echo ${data}`)),
    );
    const { socket } = await connect(`${OPEN}:${port}`);
    const client = new WebSocket(`ws://${OPEN}:${port}/`, { createConnection: () => socket });
    await once(client, "open");
    client.send("hello");
    const [data] = await once(client, "message");
    expect(String(data)).toBe("echo hello");
    client.terminate();
  });

  it("makes the server wait while the client does not read", async () => {
    const { connect } = await openEgress();
    const total = 64 * 1024 * 1024;
    let sent = 0;
    const { port } = await openRaw((socket) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (sent < total) {
          sent += chunk.length;
          if (!socket.write(chunk)) return;
        }
        socket.end();
      };
      socket.on("drain", more);
      more();
    });
    const { socket } = await connect(`${OPEN}:${port}`);
    let last = -1;
    // The client does not read, so sending stops.
    await eventually(
      () => {
        const before = last;
        last = sent;
        expect(sent).toBe(before);
      },
      { interval: 100 },
    );
    expect(sent).toBeLessThan(total);
    let received = 0;
    for await (const chunk of socket) received += chunk.length;
    expect(received).toBe(total);
  });

  it("that is reset on one side is reset on the other", async () => {
    const { connect } = await openEgress();
    const broken: unknown[] = [];
    const { port, sockets } = await openRaw(
      (socket) => void socket.resume().on("error", (error) => broken.push(error)),
    );
    const one = (await connect(`${OPEN}:${port}`)).socket.on("error", (error) => broken.push(error));
    const [first] = await eventually(() => expect(sockets.size).toBe(1)).then(() => [...sockets]);
    first?.resetAndDestroy();
    await eventually(() => expect(one.resume().destroyed).toBe(true));
    const other = (await connect(`${OPEN}:${port}`)).socket;
    await eventually(() => expect(sockets.size).toBe(2));
    other.resetAndDestroy();
    const reset = expect.objectContaining({ code: "ECONNRESET" });
    await eventually(() => expect(broken).toEqual([reset, reset]));
  });

  it("without traffic is closed", async () => {
    const { connect } = await openEgress({ silence: 300 });
    const { port } = await openRaw((socket) => void socket.resume());
    const { socket } = await connect(`${OPEN}:${port}`);
    await once(socket.on("error", () => {}).resume(), "close");
  });

  it("without a host and a port is a bad request", async () => {
    const { connect } = await openEgress();
    for (const authority of ["example.com", "http://example.com:80", "user@example.com:443"])
      expect(await connect(authority)).toMatchObject({ status: 400 });
  });

  it("to a closed port is a bad gateway", async () => {
    const { connect } = await openEgress();
    const { status, socket } = await connect(`${OPEN}:${await freePort()}`);
    expect([status, await readAll(socket)]).toEqual([502, expect.stringContaining("ECONNREFUSED")]);
  });
});
