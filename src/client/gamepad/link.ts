import type { DesktopMessage } from "../../wire/gamepad.ts";
import { readMessage, Sender } from "./sender.ts";

/** Milliseconds until a lost connection is tried again, at first and at most. */
const [FIRST_RETRY, LAST_RETRY] = [500, 8_000];

export interface LinkOptions {
  readonly address: string;
  /** Called when messages can be sent, and when they no longer can. */
  readonly onChange: () => void;
  readonly onMessage: (message: DesktopMessage) => void;
}

/** The connection to the desktop's gamepads: open while it is wanted, tried again when it is lost. */
export class Link {
  readonly #options: LinkOptions;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #patience = FIRST_RETRY;
  /** Sends over the connection; undefined while there is none. */
  sender: Sender | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  want(wanted: boolean): void {
    if (wanted && !this.#socket && this.#retry === undefined) this.#open();
    if (wanted) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#patience = FIRST_RETRY;
    const socket = this.#socket;
    this.#socket = this.sender = undefined;
    socket?.close();
  }

  #open(): void {
    const { address, onChange, onMessage } = this.#options;
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (this.#socket !== socket) return;
      this.#patience = FIRST_RETRY;
      this.sender = new Sender(socket);
      onChange();
    });
    socket.addEventListener("message", ({ data }) => {
      const message = this.#socket === socket ? readMessage(data) : undefined;
      if (message) onMessage(message);
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = this.sender = undefined;
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        onChange();
      }, this.#patience);
      this.#patience = Math.min(2 * this.#patience, LAST_RETRY);
      onChange();
    });
  }
}
