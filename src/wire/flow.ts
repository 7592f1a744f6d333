/**
 * Limits the unconfirmed messages to a receiver that confirms what it has received, and drops the rest: late sound is
 * useless and must not queue up. Without it the kernel would buffer minutes of sound for a slow network.
 */
export class Flow {
  readonly #window: number;
  #sent = 0;
  #received = 0;
  #dropped = 0;

  /** `window` is the most that may be unconfirmed. */
  constructor(window: number) {
    this.#window = window;
  }

  /** How much was dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether `amount` more may be sent. It is counted as sent or as dropped accordingly. */
  admits(amount = 1): boolean {
    const admitted = this.#sent - this.#received + amount <= this.#window;
    if (admitted) this.#sent += amount;
    else this.#dropped += amount;
    return admitted;
  }

  /** Records how much was received in total. An invalid number cannot widen the window. */
  confirm(total: number): void {
    this.#received = Math.min(Math.max(this.#received, total), this.#sent);
  }
}
