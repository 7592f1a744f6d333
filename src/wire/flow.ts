/**
 * Counts what is on its way to somebody who confirms what has come, and holds back when that is too much: what is
 * late is of no use, and must not wait anywhere. Without it the kernel would keep minutes of sound for a slow network.
 */
export class Flow {
  readonly #window: number;
  #sent = 0;
  #received = 0;
  #dropped = 0;

  /** `window` is how much may be on its way. */
  constructor(window: number) {
    this.#window = window;
  }

  /** How much was held back. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether `amount` more may be sent; counted as sent when it may, as dropped when not. */
  admits(amount = 1): boolean {
    const admitted = this.#sent - this.#received + amount <= this.#window;
    if (admitted) this.#sent += amount;
    else this.#dropped += amount;
    return admitted;
  }

  /** Takes note of how much has come altogether; nonsense cannot widen the window. */
  confirm(total: number): void {
    this.#received = Math.min(Math.max(this.#received, total), this.#sent);
  }
}
