import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { watchPainted } from "../../../src/runtime/x11/watch-painted.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, startXServer } from "../clipboard/x-server.ts";

const canPaint = canRunX && existsSync("/usr/bin/xsetroot") && existsSync("/usr/bin/xrandr");
const reason = canPaint ? "" : " (not run: Xtigervnc, xclip, xsetroot or xrandr missing)";
const NEVER = 3_600_000;
/** First byte of a GetImage request. */
const GET_IMAGE = 73;

describe.runIf(canPaint)(`an X screen${reason}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let folder: string;
  let relay: Server;
  /** Every connection that came to the relay, with the number of lines that were looked at. */
  let seen: { socket: Socket; lines: number }[];
  let painted: number;
  let end: () => void;
  const run = (program: string, ...words: string[]) => execFileSync(program, words, { env: x.environment });
  const paint = (colour: string) => run("xsetroot", "-solid", colour);
  const watchIt = (patience = NEVER) => {
    const place = {
      path: join(folder, "X"),
      readCookie: () => readCookie(`${x.folder}/Xauthority`, x.number),
    };
    const count = () => {
      painted += 1;
    };
    return watchPainted(place, count, patience);
  };
  const lines = () => seen.reduce((sum, connection) => sum + connection.lines, 0);
  const looked = (times: number) => eventually(() => expect(lines()).toBeGreaterThanOrEqual(32 * times));
  const closed = () => eventually(() => expect(seen.every(({ socket }) => socket.destroyed)).toBe(true));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kasmix-painted-"));
    x = await startXServer();
    relay = createServer((socket) => {
      const connection = { socket, lines: 0 };
      seen.push(connection);
      const server = connect(`/tmp/.X11-unix/X${x.number}`);
      server.on("error", () => {}).on("close", () => socket.destroy());
      socket.on("error", () => {}).on("close", () => server.destroy());
      socket.on("data", (chunk: Buffer) => {
        // GetImage is 20 bytes long, and each comes whole.
        for (let at = 0; at < chunk.length; at += 4) {
          if (chunk[at] === GET_IMAGE && chunk.readUInt16LE(at + 2) === 5) connection.lines += 1;
        }
      });
      socket.pipe(server).pipe(socket);
    }).listen(join(folder, "X"));
    await once(relay, "listening");
  });
  beforeEach(() => {
    seen = [];
    painted = 0;
    end = () => {};
    paint("black");
  });
  afterEach(async () => {
    end();
    await closed();
  });
  afterAll(async () => {
    relay.close();
    await x.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is not painted while it is black, but as soon as a colour fills it, and then only once", async () => {
    end = watchIt();
    await looked(1);
    expect(painted).toBe(0);
    paint("#35506e");
    await eventually(() => expect(painted).toBe(1));
    await closed();
    paint("white");
    expect(painted).toBe(1);
    expect(seen).toHaveLength(1);
  });

  it.each(["#000004", "#1a1a1a", "white", "#400000"])(
    "is painted at once when it was %s before",
    async (colour) => {
      paint(colour);
      end = watchIt();
      await eventually(() => expect(painted).toBe(1));
      expect(lines()).toBe(32);
    },
  );

  it("is followed through a new size", async () => {
    end = watchIt();
    await looked(1);
    run("xrandr", "--fb", "1280x1024");
    await looked(2);
    expect(painted).toBe(0);
    paint("#35506e");
    await eventually(() => expect(painted).toBe(1));
  });

  it("is watched again after the server was restarted", async () => {
    end = watchIt();
    await looked(1);
    await x.restart();
    paint("#35506e");
    await eventually(() => expect(painted).toBe(1));
  });

  it("counts as painted after a while, because the background may be black", async () => {
    end = watchIt(1);
    await eventually(() => expect(painted).toBe(1));
  });

  it("is left alone when the wait is ended", async () => {
    end = watchIt();
    await looked(1);
    end();
    await closed();
    paint("#35506e");
    expect(painted).toBe(0);
    expect(seen).toHaveLength(1);
  });
});
