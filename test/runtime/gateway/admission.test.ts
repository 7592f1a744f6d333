import { EventEmitter } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AdmissionOptions, createAdmission } from "../../../src/runtime/gateway/admission.ts";
import { memoryLog } from "../memory-log.ts";

type Bounds = Partial<Omit<AdmissionOptions, "name" | "log">>;

function open(bounds: Bounds = {}) {
  const memory = memoryLog();
  const admission = createAdmission({ name: "gateway", log: memory.log, now: () => 0, ...bounds });
  let port = 0;
  return {
    ...admission,
    crowded: () => memory.events("gateway.crowded"),
    enter(remoteAddress: string): FakeSocket {
      port += 1;
      const socket = new FakeSocket(remoteAddress, port);
      admission.enter(socket as unknown as Socket);
      return socket;
    },
    signIn: (socket: FakeSocket, role: "owner" | "viewer" = "owner") =>
      // TLS on a connection is another object with the same addresses.
      admission.signIn({ ...socket } as unknown as Socket, role),
  };
}

class FakeSocket extends EventEmitter {
  readonly localPort = 6901;
  destroyed = false;

  readonly remoteAddress: string;
  readonly remotePort: number;

  constructor(remoteAddress: string, remotePort: number) {
    super();
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

const alive = (sockets: readonly FakeSocket[]) => sockets.map(({ destroyed }) => !destroyed);

/** 256 idle connections used to shut out everybody: a new one was refused, and an old one stayed. */
describe("a connection that has not signed in", () => {
  it("makes room for a newer one from its address", () => {
    const { enter } = open({ perNetwork: 2 });
    const sockets = ["192.0.2.1", "192.0.2.2", "192.0.2.1", "::ffff:192.0.2.1"].map(enter);
    expect(alive(sockets)).toEqual([false, true, true, true]);
  });

  it("makes room for a newer one from its /64", () => {
    const { enter } = open({ perNetwork: 1 });
    const sockets = ["2001:db8::1", "2001:db8:0:1::1", "2001:db8::ffff:2"].map(enter);
    expect(alive(sockets)).toEqual([false, true, true]);
  });

  it("makes room for other addresses when its own has most", () => {
    const { enter } = open({ strangers: 4 });
    const sockets = ["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.2", "192.0.2.3"].map(enter);
    expect(alive(sockets)).toEqual([true, false, true, true, true]);
  });

  it("makes no room while it is closed anyway", () => {
    const { enter } = open({ perNetwork: 2 });
    const sockets = ["192.0.2.1", "192.0.2.1"].map(enter);
    sockets[0]?.destroy();
    expect(alive([...sockets, enter("192.0.2.1")])).toEqual([false, true, true]);
  });
});

describe("a connection that has signed in", () => {
  it("stays, and no longer counts for its address: behind a proxy all have the same", () => {
    const { enter, signIn } = open({ perNetwork: 1 });
    const members = Array.from({ length: 5 }, () => {
      const socket = enter("192.0.2.1");
      signIn(socket);
      return socket;
    });
    const strangers = ["192.0.2.1", "192.0.2.1"].map(enter);
    expect(alive([...members, ...strangers])).toEqual([true, true, true, true, true, false, true]);
  });

  it("makes room like a stranger beyond the limit, a part of which is for the owner", () => {
    const { enter, signIn } = open({ perNetwork: 1, members: 2, reserve: 1 });
    const [viewer, other, owner] = (["viewer", "viewer", "owner"] as const).map((role) => {
      const socket = enter("192.0.2.1");
      signIn(socket, role);
      return socket;
    });
    enter("192.0.2.1");
    expect([viewer, other, owner].map((socket) => socket?.destroyed)).toEqual([false, true, false]);
    viewer?.destroy();
    const next = enter("192.0.2.1");
    signIn(next, "viewer");
    expect(enter("192.0.2.1").destroyed || next.destroyed).toBe(true);
    owner?.destroy();
    const last = enter("192.0.2.1");
    signIn(last, "viewer");
    enter("192.0.2.1");
    expect(last.destroyed).toBe(false);
  });
});

it("is logged at once and then once a minute, with the number", () => {
  let now = 0;
  const { enter, crowded } = open({ perNetwork: 1, now: () => now });
  for (let count = 0; count < 4; count += 1) enter("192.0.2.1");
  now = 60_000;
  enter("192.0.2.1");
  expect(crowded()).toMatchObject([
    { address: "192.0.2.1", closed: 1, message: expect.stringContaining("have not signed in") },
    { address: "192.0.2.1", closed: 3 },
  ]);
});

it("ends a stranger's connection after eight answers, and nobody else's", async () => {
  const admission = createAdmission({ name: "gateway", log: memoryLog().log });
  const server = createServer((request, response) => {
    if (request.headers.authorization) admission.signIn(request.socket);
    response.end();
  });
  server.on("connection", admission.enter);
  admission.limitAnswers(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ask = (headers: Record<string, string>) =>
    new Promise<string | undefined>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, headers, agent }, (response) => {
        response.resume().on("end", () => resolve(response.headers.connection));
      });
      asked.on("error", reject).end();
    });
  const stranger: (string | undefined)[] = [];
  for (let count = 0; count < 8; count += 1) stranger.push(await ask({}));
  expect(stranger).toEqual([...Array<string>(7).fill("keep-alive"), "close"]);
  const member: (string | undefined)[] = [];
  for (let count = 0; count < 10; count += 1) member.push(await ask({ authorization: "x" }));
  expect(member).toEqual(Array<string>(10).fill("keep-alive"));
});
