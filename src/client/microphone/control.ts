import { TAKEN_OVER } from "../../wire/microphone.ts";
import type { Phase } from "../connection-state.ts";
import { type Capture, type CaptureListener, type CaptureOptions, ClickNeeded } from "./capture.ts";
import type { VoiceSocketListener } from "./voice-sender.ts";
import type { VoiceSocket } from "./voice-socket.ts";

/**
 * What the microphone does. `starting`: it is being opened, and the browser may ask the visitor; `on`: it records;
 * `waiting`: it records nothing until the connection is back and the page is visible.
 */
export type MicrophonePhase = "off" | "starting" | "on" | "waiting";

/** The reason for the state, where the visitor needs one. */
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

/** What the microphone needs. */
export interface MicrophoneParts {
  openCapture(preference: CaptureOptions, listener: CaptureListener): Promise<Capture>;
  /** `again`: only if nobody else has taken over the microphone. */
  openSocket(again: boolean, listener: VoiceSocketListener): VoiceSocket;
  /** Whether the browser lets it record without asking. */
  isAllowed(): Promise<boolean>;
  isVisible(): boolean;
  /** Remembers for a reload of this tab whether the microphone is on. */
  remember(on: boolean): void;
  onState(state: MicrophoneState): void;
  /** The current peak level. */
  onPeak(peak: number): void;
  /** Calls back once after some milliseconds; returns a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Milliseconds before the server is tried again: the first pause, and the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
/** The close code for a message the server will never accept. A retry does not help. */
const POLICY = 1008;

/**
 * The microphone of this tab. It records only in the state `on`, and only after the visitor turned it on. When it
 * ends for another reason than the visitor's choice, it comes back by itself once the page is visible.
 */
export class Microphone {
  readonly #parts: MicrophoneParts;
  #preference: CaptureOptions;
  #state: MicrophoneState = { phase: "off", note: undefined };
  #capture: Capture | undefined;
  #socket: VoiceSocket | undefined;
  #isHeard = true;
  /** Counts attempts: results of an earlier one are ignored. */
  #turn = 0;
  #pause = FIRST_PAUSE;
  #cancelRetry = () => {};
  #isRetryDue = false;
  #desktop: Phase = "connecting";

  constructor(parts: MicrophoneParts, preference: CaptureOptions) {
    this.#parts = parts;
    this.#preference = preference;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  /** Id of the recording microphone. */
  get device(): string | undefined {
    return this.#capture?.device;
  }

  /** Call this from a click: the browser may ask for permission. */
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

  /** The microphone was on before the page was reloaded: it comes back as after a loss. */
  resume(): void {
    this.#isRetryDue = true;
    this.#enter("waiting", undefined);
    this.look();
  }

  /** Switches to another microphone or other processing at once. */
  async change(preference: CaptureOptions): Promise<void> {
    this.#preference = preference;
    if (this.#state.phase === "on" || this.#state.phase === "starting") await this.#record();
  }

  /** Takes the list of microphones: the chosen one may be back. */
  async onDevices(ids: readonly string[]): Promise<void> {
    const { device } = this.#preference;
    if (device === undefined || !ids.includes(device)) return;
    if (this.#state.phase === "on" && this.#capture?.device !== device) await this.#record();
  }

  /** Takes the state of the connection to the desktop, which the microphone needs. */
  onDesktop(phase: Phase): void {
    this.#desktop = phase;
    if (phase === "disconnected" && this.#state.phase !== "off") this.turnOff();
    this.look();
  }

  /** Resumes if the time has come. Call it whenever the page becomes visible. */
  look(): void {
    const isTime = this.#state.phase === "waiting" && this.#isRetryDue;
    if (isTime && this.#desktop === "connected" && this.#parts.isVisible()) void this.#comeBack();
  }

  #enter(phase: MicrophonePhase, note?: MicrophoneNote): void {
    this.#state = { phase, note };
    this.#parts.onState(this.#state);
  }

  /** Ends the current attempt; returns the number of the next. */
  #stop(): number {
    this.#cancelRetry();
    this.#capture?.stop();
    this.#socket?.close();
    this.#capture = this.#socket = undefined;
    this.#turn += 1;
    return this.#turn;
  }

  /** Opens the chosen microphone in place of the current one. */
  async #record(note?: MicrophoneNote): Promise<void> {
    this.#capture?.stop();
    this.#capture = undefined;
    this.#turn += 1;
    const turn = this.#turn;
    this.#enter("starting", note);
    try {
      const capture = await this.#parts.openCapture(this.#preference, {
        onPeak: (peak) => turn === this.#turn && this.#parts.onPeak(peak),
        onEnd: () => turn === this.#turn && void this.#replace(),
      });
      if (turn !== this.#turn) return capture.stop();
      this.#capture = capture;
    } catch (error) {
      if (turn === this.#turn) this.turnOff(noteOf(error));
      return;
    }
    // Opens the microphone first: without permission it must not take over from another tab.
    const isConnected = this.#socket !== undefined;
    if (!isConnected) this.#connect(false);
    this.#socket?.attach(this.#capture.port);
    if (isConnected) this.#goOn(note);
  }

  /** The microphone is gone: another takes its place, unless its permission was withdrawn. */
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

/** The note for an error of getUserMedia. */
function noteOf(error: unknown): MicrophoneNote {
  if (error instanceof ClickNeeded) return "click";
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}
