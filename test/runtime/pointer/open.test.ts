import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { openPointer } from "../../../src/runtime/pointer/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import { encodePointerMessage, type PointerMessage } from "../../../src/wire/pointer.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { listenToPointer } from "./x-listener.ts";

describe.runIf(canRunX)(`the mouse at /pointer${noX}`, () => {
  let h: Harness;
  let x: Awaited<ReturnType<typeof startXServer>>;
  let game: Awaited<ReturnType<typeof listenToPointer>>;

  beforeEach(async () => {
    x = await startXServer();
    const directories = { home: x.folder, runtime: x.folder };
    h = await openHarness({}, (_, log) => [
      openPointer({ environment: { DISPLAY: `:${x.number}` }, directories, ports: sidePorts({}, log), log }),
    ]);
    game = await listen();
  });

  afterEach(async () => {
    game.close();
    h.close();
    await x.stop();
  });

  const listen = () =>
    listenToPointer(`/tmp/.X11-unix/X${x.number}`, readCookie(`${x.folder}/Xauthority`, x.number));

  async function visit(): Promise<WebSocket> {
    const page = h.open({ authorization: OWNER }, "/pointer");
    await once(page, "open");
    return page;
  }

  const tell = (page: WebSocket, ...messages: PointerMessage[]) => {
    for (const message of messages) page.send(encodePointerMessage(message));
  };
  const move = (dx: number, dy: number) => ({ kind: "move", dx, dy }) as const;
  const button = (number: number, down: boolean) => ({ kind: "button", button: number, down }) as const;
  const placeIs = (place: { x: number; y: number }) =>
    eventually(async () => expect(await game.place()).toEqual(place));

  it("moves relatively and without acceleration", async () => {
    const page = await visit();
    await game.warp({ x: 300, y: 300 });
    tell(page, move(100, -50), move(-7, 3));
    await placeIs({ x: 393, y: 253 });
    expect(game.moved).toEqual({ x: 93, y: -47 });
  });

  // Over RFB a locked mouse stopped at the desktop's edge, and the player could not turn any further.
  it("keeps moving at the edges for programs that read raw motion", async () => {
    const page = await visit();
    for (let count = 0; count < 100; count += 1) tell(page, move(500, -500));
    await eventually(() => expect(game.moved).toEqual({ x: 50_000, y: -50_000 }));
    expect((await game.place()).y).toBe(0);
    tell(page, move(-30, 30));
    await eventually(() => expect(game.moved).toEqual({ x: 49_970, y: -49_970 }));
  });

  it("moves on from where a program has put it", async () => {
    const page = await visit();
    for (let turn = 0; turn < 5; turn += 1) {
      await game.warp({ x: 400, y: 300 });
      tell(page, move(250, 10));
      await placeIs({ x: 650, y: 310 });
    }
  });

  it("presses buttons in order, and releases them when the page disconnects", async () => {
    const page = await visit();
    tell(
      page,
      button(1, true),
      move(5, 5),
      button(1, false),
      button(5, true),
      button(5, false),
      button(3, true),
    );
    await eventually(() => expect(game.buttons).toEqual(["1 down", "1 up", "5 down", "5 up", "3 down"]));
    page.terminate();
    await eventually(() => expect(game.buttons.at(-1)).toBe("3 up"));
  });

  it("is for the owner only", async () => {
    expect(await refused(h.open({ authorization: VIEWER }, "/pointer"))).toBe(403);
    expect(await refused(h.open({}, "/pointer"))).toBe(401);
    const services = (headers: Record<string, string>) => h.fetch("/api/services", headers);
    expect(JSON.parse((await services({ authorization: OWNER })).body.toString())).toHaveProperty("pointer");
    expect(JSON.parse((await services({ authorization: VIEWER })).body.toString())).toEqual({});
    expect(game.moved).toEqual({ x: 0, y: 0 });
  });

  it.each([
    ["text", "text"],
    ["another version", Buffer.of(2, 1, 0, 0, 0, 0)],
    ["an unknown button", Buffer.of(1, 2, 10, 1)],
    ["too short", Buffer.of(1, 1, 0, 0)],
  ])("closes the connection after %s", async (_, message) => {
    const page = await visit();
    page.send(message);
    expect(await closed(page)).toBe(1008);
  });

  it("works again after a restart of the display", async () => {
    const page = await visit();
    tell(page, move(1, 1));
    await eventually(() => expect(game.moved.x).toBe(1));
    game.close();
    await x.restart();
    game = await listen();
    await eventually(() => {
      tell(page, move(2, 0));
      expect(game.moved.x).toBeGreaterThan(0);
    });
  });
});
