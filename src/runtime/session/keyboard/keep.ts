import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../log/log.ts";
import { connectX, type XConnection } from "../../x11/connect.ts";
import { clearKeys, getKeyboardMapping } from "../../x11/requests.ts";
import { type KeyMap, keysToClear, multimediaKeys, newlyGiven, runsOf } from "./spare-keys.ts";

const MAPPING_NOTIFY = 34;

/** Milliseconds for the first change of keys: a desktop without spare keys is better than none. */
const PATIENCE = 5_000;

/**
 * Keeps keys spare in an X server, for characters that its keyboard does not have, until the server ends. Resolves after
 * the first change: at every change programs release and register their shortcuts again, and one that is pressed
 * meanwhile is lost. Never rejects.
 */
export async function keepKeysSpare(path: string, readCookie: () => Buffer, log: Log): Promise<void> {
  const patience = new AbortController();
  try {
    const first = connectX(path, readCookie()).then(follow);
    await Promise.race([first, late(patience.signal)]);
  } catch (error) {
    const message = `Only some of the characters that are not on an American keyboard can be typed: ${String(error)}`;
    log.warn({ event: "keyboard.failed", message });
  } finally {
    patience.abort();
  }
}

async function late(signal: AbortSignal): Promise<never> {
  await delay(PATIENCE, undefined, { signal, ref: false });
  throw new Error(`the X server has not answered for ${PATIENCE} ms`);
}

function follow(x: XConnection): Promise<void> {
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
  // An error means that the server has ended: the supervisor starts another.
  const lookNext = () => {
    looking = looking.then(look).catch(() => {});
  };
  x.onEvent((event) => {
    if (event[0] === MAPPING_NOTIFY) lookNext();
  });
  const first = readMap(x).then(async (map) => {
    known = map;
    clear(multimediaKeys(map));
    // The answer comes when the server has done that and has told every program.
    await readMap(x);
  });
  looking = first.catch(() => {});
  return first;
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
