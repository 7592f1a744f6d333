import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { connectX, type XConnection } from "../../../../src/runtime/x11/connect.ts";
import { getGeometry, grabServer } from "../../../../src/runtime/x11/requests.ts";
import type { Content } from "../contents.ts";
import type { Raster } from "../raster.ts";
import type { Answer, Order } from "./orders.ts";
import { BUTTON_PRESS_EVENT, KEY_PRESS, setFocus, ungrabServer } from "./requests.ts";
import { createScene, type Scene } from "./scenes.ts";

/** Child process: draws contents on the display of the newest order. Argument 2 is the file of the page of text. */
const page = readPage(process.argv[2] ?? "");
let showing: Showing | undefined;

process.on("message", ({ id, order }: { id: number; order: Order }) => {
  void perform(order).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());

async function perform(order: Order): Promise<Answer> {
  if (order.type === "show") {
    showing?.end();
    showing = await show(order);
  } else if (order.type === "end") {
    showing?.end();
    showing = undefined;
  } else if (showing && order.type !== "look") showing.isMoving = order.type === "move";
  return { drawn: showing?.drawn ?? 0, at: showing?.at ?? 0 };
}

interface Showing {
  isMoving: boolean;
  /** Pictures so far, so the number of the next. */
  readonly drawn: number;
  /** When the last one was drawn, as `performance.timeOrigin + performance.now()`. */
  readonly at: number;
  end(): void;
}

/** Shows a content from now on, its first picture at once. */
async function show({ socket, cookie, content }: Extract<Order, { type: "show" }>): Promise<Showing> {
  const x = await connectX(socket, Buffer.from(cookie, "base64"));
  const scene = createScene(x, content, page);
  x.send(setFocus(scene.window));
  // Answered when the X server has done all of it.
  await x.ask(getGeometry(x.root));
  x.onEvent(([type = 0]) => {
    if (type === KEY_PRESS || type === BUTTON_PRESS_EVENT) draw(x, scene.answer());
  });
  const showing = { isMoving: true, drawn: 0, at: 0, end: () => x.close() };
  const next = () => {
    draw(x, scene.draw(showing.drawn));
    showing.drawn += 1;
    showing.at = performance.timeOrigin + performance.now();
  };
  next();
  void keepTime(x, content, showing, next);
  return showing;
}

/** Calls `next` so often in a second while the content moves. A time that was missed is not made up for. */
async function keepTime(
  x: XConnection,
  { rate }: Content,
  showing: Showing,
  next: () => void,
): Promise<void> {
  let isOver = false;
  void x.ended.then(() => {
    isOver = true;
  });
  const every = 1000 / rate;
  for (let due = performance.now() + every; !isOver; due += every) {
    const now = performance.now();
    if (due < now - every) due = now;
    await delay(Math.max(0, due - now));
    if (showing.isMoving && !isOver) next();
  }
}

/** Between two requests of one picture, no other program sees the screen. */
function draw(x: XConnection, requests: ReturnType<Scene["draw"]>): void {
  if (requests.length === 0) return;
  for (const request of [grabServer(), ...requests, ungrabServer()]) x.send(request);
}

function readPage(file: string): Raster {
  const bytes = readFileSync(file);
  const [width, height] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  return { width, height, pixels: bytes.subarray(8) };
}
