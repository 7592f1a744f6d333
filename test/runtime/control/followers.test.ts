import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { linesOf } from "../../../src/runtime/control/lines-of.ts";
import { eventually } from "../../helpers/eventually.ts";
import { Inside } from "./harness.ts";

let inside: Inside;

beforeEach(async () => {
  inside = new Inside();
  await inside.open();
});

afterEach(() => inside.close());

async function follow(query = ""): Promise<IncomingMessage> {
  const asked = get({ socketPath: inside.path, path: `/journal?follow=1${query}`, agent: false });
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return answer;
}

/** A follower that never reads. */
async function deafFollower(): Promise<Socket> {
  const client = connect(inside.path);
  client.on("error", () => {});
  client.pause().write("GET /journal?follow=1&tail=0 HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(client, "connect");
  return client;
}

/** Counts the listeners of the journal from now on. */
function watchListeners(): () => number {
  const listeners = new Set<object>();
  const { follow } = inside.journal;
  inside.journal.follow = (listener) => {
    const end = follow(listener);
    listeners.add(end);
    return () => {
      listeners.delete(end);
      end();
    };
  };
  return () => listeners.size;
}

it("sends the existing lines, and then every new one", async () => {
  inside.log.info({ event: "old" });
  inside.log.output("a", "stdout", "old output");
  const answer = await follow("&kind=events&tail=1");
  inside.log.output("a", "stdout", "new output");
  inside.log.info({ event: "new", service: "a" });
  const lines = linesOf(answer);
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ event: "old" });
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ event: "new", service: "a" });
  answer.destroy();
});

it("removes a follower that leaves", async () => {
  const listeners = watchListeners();
  const answers = [await follow(), await follow()];
  expect(listeners()).toBe(2);
  for (const answer of answers) answer.destroy();
  await eventually(() => expect(listeners()).toBe(0));
});

it("ends the answers in order when it is closed", async () => {
  const answer = await follow("&tail=0");
  const rest = (async () => {
    for await (const _line of linesOf(answer)) return "a line";
    return "the end";
  })();
  await inside.close();
  expect(await rest).toBe("the end");
});

it("disconnects followers that never read when 1 MiB waits for them, and serves the others", async () => {
  const listeners = watchListeners();
  const deaf = await Promise.all(Array.from({ length: 8 }, deafFollower));
  await eventually(() => expect(listeners()).toBe(8));
  const reader = await follow("&tail=0");
  let [sent, read] = [0, 0];
  let slow = 0;
  inside.journal.follow((line) => {
    sent += line.length + 1;
    slow += Number(line.includes("control.slow"));
  });
  reader.on("data", (chunk: Buffer) => {
    read += chunk.length;
  });
  // The kernel's buffers hold some 200 KiB more for each.
  while (slow < 8 && sent < 4 * 1024 ** 2) {
    inside.log.output("a", "stdout", "x".repeat(4000));
    while (read < sent) await new Promise(setImmediate);
  }
  expect(slow).toBe(8);
  expect(listeners()).toBe(2);
  for (const client of deaf) {
    client.resume();
    if (!client.closed) await once(client, "close");
  }
});

it("allows sixteen followers at a time, and refuses the next one with the reason", async () => {
  const answers = await Promise.all(Array.from({ length: 16 }, () => follow()));
  expect((await follow()).statusCode).toBe(503);
  expect(await inside.ask("/state")).toMatchObject({ status: 200 });
  answers[0]?.destroy();
  await eventually(async () => {
    const answer = await follow();
    answers.push(answer);
    expect(answer.statusCode).toBe(200);
  });
  for (const answer of answers) answer.destroy();
});
