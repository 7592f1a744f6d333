import { connectX } from "../../../src/runtime/x11/connect.ts";
import { queryExtension, words } from "../../../src/runtime/x11/requests.ts";

/** An X program like a game: it listens to raw motion and buttons (XInput 2), wherever the pointer is. */
export async function listenToPointer(path: string, cookie: Buffer) {
  const x = await connectX(path, cookie);
  const extension = await x.ask(queryExtension("XInputExtension"));
  const opcode = extension.readUInt8(9);
  // Version 2.2 sends raw events even while other programs grab the pointer.
  await x.ask(request(opcode, 47, Buffer.of(2, 0, 2, 0)));
  const mask = (1 << RAW_BUTTON_PRESS) | (1 << RAW_BUTTON_RELEASE) | (1 << RAW_MOTION);
  x.send(
    request(opcode, 46, words(x.root), Buffer.of(1, 0, 0, 0), Buffer.of(ALL_MASTERS, 0, 1, 0), words(mask)),
  );
  const moved = { x: 0, y: 0 };
  const buttons: string[] = [];
  x.onEvent((event) => {
    if (event[0] !== GENERIC || event[1] !== opcode) return;
    const kind = event.readUInt16LE(8);
    if (kind === RAW_BUTTON_PRESS) buttons.push(`${event.readUInt32LE(16)} down`);
    else if (kind === RAW_BUTTON_RELEASE) buttons.push(`${event.readUInt32LE(16)} up`);
    else if (kind === RAW_MOTION) add(moved, event);
  });
  const place = async () => {
    const reply = await x.ask(request(QUERY_POINTER, 0, words(x.root)));
    return { x: reply.readInt16LE(16), y: reply.readInt16LE(18) };
  };
  // A round trip: the server has handled the requests before it.
  await place();
  return {
    /** The sum of raw motion in pixels. */
    moved,
    buttons,
    place,
    /** Moves the pointer, as old games do after each motion. */
    async warp(to: { readonly x: number; readonly y: number }): Promise<void> {
      const corner = Buffer.alloc(4);
      corner.writeInt16LE(to.x, 0);
      corner.writeInt16LE(to.y, 2);
      x.send(request(WARP_POINTER, 0, words(0, x.root, 0, 0), corner));
      await place();
    },
    close: x.close,
  };
}

const GENERIC = 35;
const [RAW_BUTTON_PRESS, RAW_BUTTON_RELEASE, RAW_MOTION] = [15, 16, 17];
const ALL_MASTERS = 1;
const [QUERY_POINTER, WARP_POINTER] = [38, 41];

/** Adds the raw values, which follow the accelerated ones, of the valuators in the mask: 0 is x, 1 is y. */
function add(moved: { x: number; y: number }, event: Buffer): void {
  const masks = 4 * event.readUInt16LE(22);
  const named = [0, 1].filter((valuator) => (event[32 + (valuator >> 3)] ?? 0) & (1 << valuator));
  const values = countOf(event.subarray(32, 32 + masks));
  const raw = 32 + masks + 8 * values;
  named.forEach((valuator, index) => {
    const value = event.readInt32LE(raw + 8 * index);
    if (valuator === 0) moved.x += value;
    else moved.y += value;
  });
}

function countOf(mask: Buffer): number {
  return [...mask].reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
}

function request(opcode: number, detail: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.of(opcode, detail, 0, 0);
  head.writeUInt16LE(1 + body.length / 4, 2);
  return Buffer.concat([head, body]);
}
