import { connectX, type XConnection } from "./connect.ts";
import {
  createDamage,
  getGeometry,
  getImage,
  queryDamageVersion,
  queryExtension,
  subtractDamage,
} from "./requests.ts";

/** An X server's socket, and the cookie that lets clients in. */
export interface XServerPlace {
  readonly path: string;
  readCookie(): Buffer;
}

/** Milliseconds after which a picture counts as painted although it is black: some like their background so. */
const BLACK_IS_MEANT = 3_000;
const RETRY = 100;
/** Lines that are looked at, evenly over the screen. */
const LINES = 32;

/**
 * Calls back once less than half of the screen is black, as an empty X screen is at first, and at the latest after
 * `patience` milliseconds. The X server tells when something was drawn, so nothing is polled: only a connection that is
 * refused or lost is made again. Gives a function that ends the wait; after either no connection is left.
 */
export function watchPainted(
  { path, readCookie }: XServerPlace,
  onPainted: () => void,
  patience = BLACK_IS_MEANT,
): () => void {
  let ended = false;
  let x: XConnection | undefined;
  let retry: NodeJS.Timeout | undefined;
  const end = () => {
    ended = true;
    clearTimeout(deadline);
    clearTimeout(retry);
    x?.close();
  };
  const finish = () => {
    if (ended) return;
    end();
    onPainted();
  };
  const deadline = setTimeout(finish, patience);
  const attempt = async () => {
    try {
      x = await connectX(path, readCookie());
      if (ended) return x.close();
      void x.ended.then(again);
      await follow(x, finish);
    } catch {
      x?.close();
      again();
    }
  };
  const again = () => {
    clearTimeout(retry);
    if (!ended) retry = setTimeout(attempt, RETRY);
  };
  void attempt();
  return end;
}

/** Looks now and whenever something was drawn. Without DAMAGE only now: the patience does the rest. */
async function follow(x: XConnection, onPainted: () => void): Promise<void> {
  const [present, opcode = 0, firstEvent] = (await x.ask(queryExtension("DAMAGE"))).subarray(8, 11);
  const damage = x.newId();
  let looking = Promise.resolve();
  const look = () => {
    looking = looking.then(async () => {
      if (present === 1) x.send(subtractDamage(opcode, damage));
      if (await isPainted(x)) onPainted();
    });
    return looking;
  };
  if (present === 1) {
    await x.ask(queryDamageVersion(opcode));
    x.onEvent((event) => {
      // The server says it once, until the damage is taken back.
      if ((event[0] ?? 0) % 128 === firstEvent) look().catch(() => {});
    });
    x.send(createDamage(opcode, damage, x.root));
  }
  await look();
}

async function isPainted(x: XConnection): Promise<boolean> {
  const geometry = await x.ask(getGeometry(x.root));
  const [width, height] = [geometry.readUInt16LE(16), geometry.readUInt16LE(18)];
  const lines = Array.from({ length: LINES }, (_, index) => Math.floor(((index + 0.5) * height) / LINES));
  const images = await Promise.all(lines.map((y) => x.ask(getImage(x.root, { x: 0, y, width, height: 1 }))));
  const black = images.reduce((sum, image) => sum + blackPixels(image, width), 0);
  return black * 2 < width * LINES;
}

/** Of one line, in pixels of whatever size; the byte beside three colours is no colour. */
function blackPixels(image: Buffer, width: number): number {
  const size = Math.max(1, Math.floor((image.length - 32) / width));
  const colours = Math.min(size, 3);
  let black = 0;
  for (let at = 32; at + size <= 32 + width * size; at += size) {
    if (image.subarray(at, at + colours).every((byte) => byte === 0)) black += 1;
  }
  return black;
}
