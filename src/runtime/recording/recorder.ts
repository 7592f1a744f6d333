import type { RecordingEnd, RecordingStatus } from "../../wire/recording.ts";
import { Session, type SessionOptions } from "./session.ts";

/** The desktop's recorder: one recording at a time. */
export class Recorder {
  readonly #options: SessionOptions;
  readonly #onChange: () => void;
  #session: Session | undefined;
  #last: RecordingStatus = { isRecording: false, seconds: 0, files: [], bytes: 0 };

  /** `onChange` is called when a recording has started, has a new file, or has ended. */
  constructor(options: Omit<SessionOptions, "onChange">, onChange: () => void) {
    this.#options = { ...options, onChange };
    this.#onChange = onChange;
  }

  get status(): RecordingStatus {
    return this.#session?.status ?? this.#last;
  }

  /**
   * Starts, unless it records already. Resolves with the first picture; `refused` is the reason why there is none. `by`
   * is who asks, for the log.
   */
  async start(by: string): Promise<RecordingStatus | { readonly refused: string }> {
    const session = this.#session ?? new Session(this.#options, by);
    if (this.#session === undefined) {
      this.#session = session;
      void session.ended.then((status) => this.#end(status));
    }
    const refused = await session.started;
    return refused === undefined ? this.status : { refused };
  }

  /** Ends the recording, if there is one, and resolves when its files are complete. */
  async stop(why: RecordingEnd, by: string): Promise<RecordingStatus> {
    this.#session?.end(why, by);
    await this.#session?.ended;
    return this.status;
  }

  #end(status: RecordingStatus | undefined): void {
    this.#session = undefined;
    this.#last = status ?? this.#last;
    this.#onChange();
  }
}
