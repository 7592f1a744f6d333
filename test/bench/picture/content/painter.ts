import { type ChildProcess, fork } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../../context.ts";
import { stopChild } from "../../load/children.ts";
import type { Content } from "../contents.ts";
import type { Raster } from "../raster.ts";
import type { Answer, Order } from "./orders.ts";

/** An X server that can be reached by a socket of this machine. */
export interface XPlace {
  readonly socket: string;
  /** Empty where the server asks for none. */
  readonly cookie: Buffer;
}

/** Draws contents on desktops, in a process of its own, so that its work is nobody's whose work is measured. */
export interface Painter {
  /** Shows a content on a display in the place of what was shown before. */
  show(place: XPlace, content: Content): Promise<void>;
  /** Keeps the picture as it is; returns which one it is, and when it was drawn. */
  freeze(): Promise<Answer>;
  move(): Promise<void>;
  end(): Promise<void>;
  /** How many pictures were drawn. */
  count(): Promise<number>;
}

/** Starts the painter; it ends with the bench. */
export async function startPainter(context: Context, page: Raster): Promise<Painter> {
  const file = path.join(context.scratch, "page.raw");
  const size = Buffer.alloc(8);
  size.writeUInt32LE(page.width, 0);
  size.writeUInt32LE(page.height, 4);
  await writeFile(file, Buffer.concat([size, page.pixels]));
  const child = fork(path.join(import.meta.dirname, "child.ts"), [file], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  context.atEnd(() => stopChild(child));
  const ask = createAsk(child);
  return {
    show: async ({ socket, cookie }, content) =>
      void (await ask({ type: "show", socket, cookie: cookie.toString("base64"), content })),
    freeze: () => ask({ type: "freeze" }),
    move: async () => void (await ask({ type: "move" })),
    end: async () => void (await ask({ type: "end" })),
    count: async () => (await ask({ type: "look" })).drawn,
  };
}

function createAsk(child: ChildProcess): (order: Order) => Promise<Answer> {
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let last = 0;
  child.on("message", ({ id, answer, error }: { id: number; answer: Answer; error?: string }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(`The content cannot be drawn: ${error}`));
  });
  child.on("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("The process that draws has ended."));
    waiting.clear();
  });
  return (order) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ id: last, order });
    });
}
