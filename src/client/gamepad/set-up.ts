import { type DesktopMessage, NEUTRAL } from "../../wire/gamepad.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { Link } from "./link.ts";
import { isAtRest, presentPads, readPad } from "./read-pad.ts";
import { createView, nameOf } from "./view.ts";

/** Presents the browser's gamepads as gamepads of the desktop. */
export const gamepad: Feature = {
  service: "gamepad",
  setUp: (context) => new Gamepads(context),
};

const NONE: ReadonlyMap<number, Gamepad> = new Map();

/**
 * Reads the gamepads once a frame, only while there are any, the visitor wants them, the page is visible and the
 * desktop listens: browsers report presses only to those who ask.
 */
class Gamepads {
  readonly #view: ReturnType<typeof createView>;
  readonly #link: Link;
  /** The desktop's slot for each of the browser's gamepads; null when all slots are taken. */
  readonly #seats = new Map<number, number | null>();
  #isOn: boolean;
  #isConnected = false;
  #frame: number | undefined;

  constructor({ group, store, socketAddress, onState }: FeatureContext) {
    this.#isOn = store.read() !== false;
    this.#view = createView(group("keys", "Gamepads", true), this.#isOn, (isOn) => {
      this.#isOn = isOn;
      store.write(isOn);
      this.#update();
    });
    this.#link = new Link({
      address: socketAddress("gamepad"),
      onChange: () => this.#update(),
      onMessage: (message) => this.#obey(message),
    });
    for (const event of ["gamepadconnected", "gamepaddisconnected"])
      window.addEventListener(event, () => this.#update());
    document.addEventListener("visibilitychange", () => this.#update());
    onState(({ phase }) => {
      this.#isConnected = phase === "connected";
      this.#update();
    });
  }

  /** Applies whatever has changed. */
  #update(): void {
    const pads = presentPads();
    const wanted = this.#isOn ? pads : NONE;
    // Unplugs first, so that the desktop does not wait for a page that might come back.
    this.#link.sender?.offer(new Map([...wanted].map(([index, pad]) => [index, { rumble: canRumble(pad) }])));
    this.#link.want(this.#isConnected && wanted.size > 0);
    const { sender } = this.#link;
    for (const index of this.#seats.keys()) if (!sender || !pads.has(index)) this.#seats.delete(index);
    if (document.hidden) sender?.rest();
    this.#show(pads);
    this.#schedule(sender !== undefined && !document.hidden && pads.size > 0);
  }

  #show(pads: ReadonlyMap<number, Gamepad>): void {
    const shown = [...pads].map(([index, pad]) => {
      const isStandard = pad.mapping === "standard";
      return [index, { name: nameOf(pad.id), seat: this.#seats.get(index), isStandard }] as const;
    });
    this.#view.show(new Map(shown));
  }

  #schedule(wanted: boolean): void {
    if (!wanted && this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    if (!wanted) this.#frame = undefined;
    else this.#frame ??= requestAnimationFrame(() => this.#look());
  }

  #look(): void {
    this.#frame = undefined;
    const { sender } = this.#link;
    const isViewOnly = document.documentElement.hasAttribute("data-view-only");
    for (const [index, pad] of presentPads()) {
      const state = isViewOnly ? NEUTRAL : readPad(pad);
      sender?.show(index, state);
      this.#view.light(index, !isAtRest(state));
    }
    this.#schedule(sender !== undefined);
  }

  #obey(message: DesktopMessage): void {
    if (message.kind === "seat") {
      this.#seats.set(message.pad, message.seat ?? null);
      this.#show(presentPads());
      return;
    }
    const pad = presentPads().get(message.pad);
    if (pad) rumble(pad, message);
  }
}

/** Older browsers lack it, whatever the types say. */
function actuatorOf(pad: Gamepad): Partial<GamepadHapticActuator> | undefined {
  return pad.vibrationActuator ?? undefined;
}

function canRumble(pad: Gamepad): boolean {
  return actuatorOf(pad)?.playEffect !== undefined;
}

function rumble(pad: Gamepad, { strong, weak, duration }: Extract<DesktopMessage, { kind: "rumble" }>): void {
  const effect = { duration, strongMagnitude: strong / 65_535, weakMagnitude: weak / 65_535 };
  // Rejected when the gamepad has just gone or the page is hidden, which needs no answer.
  actuatorOf(pad)
    ?.playEffect?.("dual-rumble", effect)
    .catch(() => {});
}
