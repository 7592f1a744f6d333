import {
  type ConnectionEvent,
  type ConnectionState,
  initialState,
  isDialing,
  nextState,
  type Reason,
} from "./connection-state.ts";
import { findReason } from "./find-reason.ts";
import { Session } from "./session.ts";

/** What a connection needs. */
export interface ConnectionOptions {
  /** The element that the desktop is shown in. */
  readonly target: HTMLElement;
  /** The element that has the focus while the desktop takes keys. */
  readonly field: HTMLElement;
  /** The WebSocket's address. */
  readonly address: string;
  /** A page behind the same authentication, to find out whether the server and the credentials are still good. */
  readonly page: string;
  /** Where the server tells why it refused this page's WebSocket. */
  readonly refusal: string;
  readonly onState: (state: ConnectionState) => void;
  /** The connection is open: the moment to report about the window. */
  readonly onOpen: () => void;
  /** A text message of the gateway. */
  readonly onText: (text: string) => void;
  /** A new session, before its handshake: the moment to set its properties and listeners. */
  readonly onSession: (session: Session) => void;
  /** An established session has ended; its last picture can still be read. */
  readonly onEnd: (session: Session) => void;
}

const handshakeTimeout = 15_000;
/** Input unanswered for this long makes the client ask whether the server is still there. */
const silenceLimit = 8_000;

// WebSocket close codes with a meaning for the visitor.
const goingAway = 1001;
const serviceRestart = 1012;
/** After these the client does not reconnect. */
const final: Readonly<Record<number, Reason>> = {
  1008: "security",
  4001: "dismissed",
  4002: "idle",
  4003: "longest",
};

/** Keeps a desktop session open: dials, notices losses, dials again. connection-state.ts makes the decisions. */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = initialState;
  #session: Session | null = null;
  #sessionEnded = false;
  #socket: WebSocket | null = null;
  #closeCode = 0;
  #opened = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #received = 0;
  #lastSent = 0;
  #lastReceived = 0;
  #checking = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    setInterval(() => this.#watchSilence(), 2_000);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The session while it is connected. */
  get session(): Session | null {
    return this.#state.phase === "connected" ? this.#session : null;
  }

  /** Bytes received from the desktop so far. */
  get received(): number {
    return this.#received;
  }

  /** Connects now, without waiting for the back-off. */
  connect(): void {
    this.#dispatch({ type: "connect" });
  }

  /** Ends the session and stays disconnected. */
  stop(): void {
    this.#dispatch({ type: "stop" });
  }

  /** The network or the visitor is back: starts a waiting attempt now and checks an open session. */
  wake(): void {
    this.#dispatch({ type: "wake" });
    void this.check();
  }

  /** Checks whether the server of an open session still answers, and gives the session up if not. */
  async check(): Promise<void> {
    const session = this.session;
    if (session === null || this.#checking) return;
    this.#checking = true;
    const reason = await this.#findReason();
    this.#checking = false;
    if (reason === "network" && this.session === session) this.#dispatch({ type: "lost", reason: "network" });
  }

  #dispatch(event: ConnectionEvent): void {
    const before = this.#state;
    this.#state = nextState(before, event, Date.now());
    if (this.#state === before) return;
    if (this.#state.phase !== "connected" && !isDialing(this.#state))
      this.#drop(before.phase === "connected");
    this.#plan();
    this.#options.onState(this.#state);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#state.retryAt !== null) {
      const wait = Math.max(0, this.#state.retryAt - Date.now());
      this.#timer = setTimeout(() => this.#dispatch({ type: "due" }), wait);
    } else if (isDialing(this.#state) && this.#session === null) {
      this.#dial();
    }
  }

  #dial(): void {
    const socket = new WebSocket(this.#options.address, ["binary"]);
    this.#observe(socket);
    const session = new Session(this.#options.target, socket, this.#options.field);
    this.#session = session;
    this.#sessionEnded = false;
    // Events of an abandoned session must not affect its successor.
    const ifCurrent = (action: () => void) => () => {
      if (this.#session === session) action();
    };
    session.addEventListener(
      "connect",
      ifCurrent(() => this.#dispatch({ type: "established" })),
    );
    session.addEventListener(
      "disconnect",
      ifCurrent(() => void this.#ended(session)),
    );
    const refuse = ifCurrent(() => this.#dispatch({ type: "refused", reason: "security" }));
    session.addEventListener("securityfailure", refuse);
    session.addEventListener("credentialsrequired", refuse);
    this.#options.onSession(session);
    this.#timer = setTimeout(
      ifCurrent(() => void this.#expire(session)),
      handshakeTimeout,
    );
  }

  /** Notes when bytes arrive, for #watchSilence, and why the server closes; noVNC reports neither. */
  #observe(socket: WebSocket): void {
    this.#socket = socket;
    this.#closeCode = 0;
    this.#opened = false;
    this.#lastSent = this.#lastReceived = Date.now();
    socket.addEventListener("open", () => {
      if (this.#socket !== socket) return;
      this.#opened = true;
      this.#options.onOpen();
    });
    socket.addEventListener("message", (event) => {
      this.#lastReceived = Date.now();
      if (typeof event.data === "string") {
        // Before noVNC, which knows only bytes.
        event.stopImmediatePropagation();
        this.#options.onText(event.data);
      } else this.#received += (event.data as ArrayBuffer).byteLength;
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket === socket) this.#closeCode = code;
    });
  }

  /**
   * The session ended by itself. If it never began it may have been refused, which only an HTTP request can tell.
   */
  async #ended(session: Session): Promise<void> {
    this.#sessionEnded = true;
    const isOver = final[this.#closeCode];
    if (isOver !== undefined) return this.#dispatch({ type: "refused", reason: isOver });
    if (this.#state.phase === "connected") {
      const isAnnounced = this.#closeCode === goingAway || this.#closeCode === serviceRestart;
      return this.#dispatch({ type: "lost", reason: isAnnounced ? "restart" : "closed" });
    }
    const reason = await this.#findReason();
    if (this.#session !== session) return;
    const isFinal = reason === "session" || reason === "proxy";
    this.#dispatch({ type: isFinal ? "refused" : "lost", reason });
  }

  /** The handshake takes too long: a proxy may swallow it. */
  async #expire(session: Session): Promise<void> {
    const reason = await this.#findReason();
    if (this.#session === session && isDialing(this.#state)) this.#dispatch({ type: "lost", reason });
  }

  #findReason(): Promise<Reason> {
    const { page, refusal } = this.#options;
    return findReason({ page, refusal, opened: this.#opened });
  }

  #drop(wasConnected: boolean): void {
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    // Whoever comes to a desktop that was left alone does not see what was on it.
    const isAlone = this.#state.reason === "idle" || this.#state.reason === "longest";
    if (wasConnected && !isAlone) this.#options.onEnd(session);
    if (!this.#sessionEnded) session.disconnect();
  }

  /** Sends a text message to the gateway, if there is a connection. */
  sendText(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** Notes that the visitor sent input that the desktop should answer. */
  noteInput(): void {
    this.#lastSent = Date.now();
  }

  #watchSilence(): void {
    // The check at the moment of the loss may still have reached the server.
    if (!navigator.onLine) void this.check();
    const unanswered = this.#lastSent > this.#lastReceived;
    if (unanswered && Date.now() - this.#lastReceived > silenceLimit) {
      this.#lastReceived = Date.now();
      void this.check();
    }
  }
}
