import { TAKEN_OVER } from "../../wire/microphone.ts";
import type { Phase } from "../connection-state.ts";
import { type Capture, type CaptureListener, type CaptureWish, ClickNeeded } from "./capture.ts";
import type { VoiceSocketListener } from "./voice-sender.ts";
import type { VoiceSocket } from "./voice-socket.ts";

/**
 * What the microphone does. `starting`: it is being opened, maybe with a question to the visitor; `on`: it records;
 * `waiting`: it records nothing until the connection is back and the page is seen.
 */
export type MicrophonePhase = "off" | "starting" | "on" | "waiting";

/** Why it is as it is, where the visitor wonders. */
export type MicrophoneNote =
  | "taken"
  | "refused"
  | "lost"
  | "unheard"
  | "unplugged"
  | "withdrawn"
  | "click"
  | "denied"
  | "missing"
  | "busy"
  | "failed";

export interface MicrophoneState {
  readonly phase: MicrophonePhase;
  readonly note: MicrophoneNote | undefined;
}

/** What the microphone is made from. */
export interface MicrophoneParts {
  openCapture(wish: CaptureWish, listener: CaptureListener): Promise<Capture>;
  /** `again`: only where nobody has taken the place meanwhile. */
  openSocket(again: boolean, listener: VoiceSocketListener): VoiceSocket;
  /** Whether the browser lets it record without asking. */
  isAllowed(): Promise<boolean>;
  isVisible(): boolean;
  /** Notes for this tab's next life whether the microphone is on. */
  remember(on: boolean): void;
  onState(state: MicrophoneState): void;
  /** How loud it is what is being recorded. */
  onPeak(peak: number): void;
  /** Calls back once after milliseconds; gives what cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Milliseconds before the server is tried again: the first pause, and the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
/** The server's word for what it never takes; trying again does not help. */
const POLICY = 1008;

/**
 * The microphone of this tab. It records only while its state says so, and only after the visitor turned it on; what
 * ends otherwise than by him comes back by itself, once he can see that it does.
 */
export class Microphone {
  readonly #parts: MicrophoneParts;
  #wish: CaptureWish;
  #state: MicrophoneState = { phase: "off", note: undefined };
  #capture: Capture | undefined;
  #socket: VoiceSocket | undefined;
  #isHeard = true;
  /** Counts what was begun: what comes of an older beginning counts no more. */
  #turn = 0;
  #pause = FIRST_PAUSE;
  #cancelRetry = () => {};
  #isRetryDue = false;
  #desktop: Phase = "connecting";

  constructor(parts: MicrophoneParts, wish: CaptureWish) {
    this.#parts = parts;
    this.#wish = wish;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  /** Id of the microphone that records. */
  get device(): string | undefined {
    return this.#capture?.device;
  }

  /** On a click only: the browser may ask for permission. */
  turnOn(): Promise<void> {
    this.#parts.remember(true);
    this.#pause = FIRST_PAUSE;
    this.#stop();
    return this.#record();
  }

  turnOff(note?: MicrophoneNote): void {
    this.#parts.remember(false);
    this.#stop();
    this.#enter("off", note);
  }

  /** It was on before the page was reloaded: it comes back as after a loss. */
  resume(): void {
    this.#isRetryDue = true;
    this.#enter("waiting", undefined);
    this.look();
  }

  /** Another microphone, or another treatment of it; takes effect at once. */
  async change(wish: CaptureWish): Promise<void> {
    this.#wish = wish;
    if (this.#state.phase === "on" || this.#state.phase === "starting") await this.#record();
  }

  /** The microphones that there are now: the one that is wished for may be back. */
  async onDevices(ids: readonly string[]): Promise<void> {
    const { device } = this.#wish;
    if (device === undefined || !ids.includes(device)) return;
    if (this.#state.phase === "on" && this.#capture?.device !== device) await this.#record();
  }

  /** The state of the connection to the desktop: without one nobody can be spoken to. */
  onDesktop(phase: Phase): void {
    this.#desktop = phase;
    if (phase === "disconnected" && this.#state.phase !== "off") this.turnOff();
    this.look();
  }

  /** Looks whether what is waited for has come: to be called whenever the page comes into sight. */
  look(): void {
    const isTime = this.#state.phase === "waiting" && this.#isRetryDue;
    if (isTime && this.#desktop === "connected" && this.#parts.isVisible()) void this.#comeBack();
  }

  #enter(phase: MicrophonePhase, note?: MicrophoneNote): void {
    this.#state = { phase, note };
    this.#parts.onState(this.#state);
  }

  /** Ends what was begun; gives the number of what begins now. */
  #stop(): number {
    this.#cancelRetry();
    this.#capture?.stop();
    this.#socket?.close();
    this.#capture = this.#socket = undefined;
    this.#turn += 1;
    return this.#turn;
  }

  /** Opens the microphone that is wished for, in the place of one that is open. */
  async #record(note?: MicrophoneNote): Promise<void> {
    this.#capture?.stop();
    this.#capture = undefined;
    this.#turn += 1;
    const turn = this.#turn;
    this.#enter("starting", note);
    try {
      const capture = await this.#parts.openCapture(this.#wish, {
        onPeak: (peak) => turn === this.#turn && this.#parts.onPeak(peak),
        onEnd: () => turn === this.#turn && void this.#replace(),
      });
      if (turn !== this.#turn) return capture.stop();
      this.#capture = capture;
    } catch (error) {
      if (turn === this.#turn) this.turnOff(noteOf(error));
      return;
    }
    // The microphone first: who is denied it must not take the place of another tab.
    const isConnected = this.#socket !== undefined;
    if (!isConnected) this.#connect(false);
    this.#socket?.attach(this.#capture.way);
    if (isConnected) this.#goOn(note);
  }

  /** The microphone is gone: another takes its place, unless it was its permission that went. */
  async #replace(): Promise<void> {
    this.#capture?.stop();
    this.#capture = undefined;
    this.#turn += 1;
    const turn = this.#turn;
    this.#enter("starting");
    const isAllowed = await this.#parts.isAllowed();
    if (turn !== this.#turn) return;
    if (isAllowed) await this.#record("unplugged");
    else this.turnOff("withdrawn");
  }

  /** Without a click, so only where the browser does not ask. */
  async #comeBack(): Promise<void> {
    this.#isRetryDue = false;
    const turn = this.#stop();
    const isAllowed = await this.#parts.isAllowed();
    if (turn !== this.#turn) return;
    if (isAllowed) this.#connect(true);
    else this.turnOff("click");
  }

  #connect(again: boolean): void {
    let isOpen = false;
    this.#isHeard = true;
    this.#socket = this.#parts.openSocket(again, {
      onOpen: () => {
        isOpen = true;
        this.#pause = FIRST_PAUSE;
        if (this.#capture === undefined) void this.#record();
        else this.#goOn();
      },
      onHeard: (heard) => {
        this.#isHeard = heard;
        if (isOpen && this.#capture !== undefined) this.#goOn();
      },
      onClose: (code) => this.#onClose(code),
    });
  }

  #goOn(note?: MicrophoneNote): void {
    this.#enter("on", this.#isHeard ? note : "unheard");
  }

  #onClose(code: number): void {
    if (code === TAKEN_OVER || code === POLICY) {
      this.turnOff(code === POLICY ? "refused" : "taken");
      return;
    }
    this.#stop();
    this.#isRetryDue = false;
    this.#enter("waiting", "lost");
    this.#cancelRetry = this.#parts.after(this.#pause, () => {
      this.#isRetryDue = true;
      this.look();
    });
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }
}

/** What to tell for an error of getUserMedia. */
function noteOf(error: unknown): MicrophoneNote {
  if (error instanceof ClickNeeded) return "click";
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}
