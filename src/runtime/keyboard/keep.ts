import type { Log } from "../log.ts";
import { connectX, type XConnection } from "../x11/connect.ts";
import { clearKeys, getKeyboardMapping } from "../x11/requests.ts";
import { type KeyMap, keysToClear, multimediaKeys, newlyGiven, runsOf } from "./spare-keys.ts";

const MAPPING_NOTIFY = 34;

/** Keeps keys spare in an X server for characters that its keyboard does not have, until the server ends. */
export async function keepKeysSpare(path: string, cookie: Buffer, log: Log): Promise<void> {
  try {
    const x = await connectX(path, cookie);
    follow(x);
  } catch (error) {
    const message = `Of characters that an American keyboard lacks only some can be typed: ${String(error)}`;
    log.warn({ event: "keyboard.failed", message });
  }
}

function follow(x: XConnection): void {
  let known: KeyMap = new Map();
  let given: number[] = [];
  const clear = (keys: readonly number[]) => {
    for (const { first, count } of runsOf(keys)) x.send(clearKeys(first, count));
    given = given.filter((key) => !keys.includes(key));
  };
  const look = async () => {
    const map = await readMap(x);
    given.push(...newlyGiven(known, map));
    known = map;
    clear(keysToClear(map, given));
  };
  let looking = Promise.resolve();
  // The server is gone: whoever started it starts another.
  const lookNext = () => {
    looking = looking.then(look).catch(() => {});
  };
  x.onEvent((event) => {
    if (event[0] === MAPPING_NOTIFY) lookNext();
  });
  looking = readMap(x)
    .then((map) => {
      known = map;
      clear(multimediaKeys(map));
    })
    .catch(() => {});
}

async function readMap(x: XConnection): Promise<KeyMap> {
  const [first, last] = x.keys;
  const reply = await x.ask(getKeyboardMapping(first, last - first + 1));
  const width = reply.readUInt8(1);
  const entries = Array.from({ length: last - first + 1 }, (_, index): [number, number[]] => {
    const keysyms = Array.from({ length: width }, (_, level) =>
      reply.readUInt32LE(32 + 4 * (index * width + level)),
    );
    return [first + index, keysyms];
  });
  return new Map(entries);
}
