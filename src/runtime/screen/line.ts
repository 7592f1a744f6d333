/** A frame on its way to a viewer. */
interface Sent {
  readonly number: number;
  /** Milliseconds. */
  readonly at: number;
  readonly bytes: number;
  /** Whether it shows what the line itself takes: it is small and met no other frame on its way. */
  readonly isProbe: boolean;
}

/** Milliseconds that frames and key frames may wait on the line, beyond the time that the line itself takes. */
const [PATIENCE, KEY_PATIENCE] = [200, 500];
/** Milliseconds of waiting that a good rate does not cause, and those that make it too high. */
const [IN_TIME, LATE] = [PATIENCE / 4, PATIENCE / 2];
/** Milliseconds that a decoder may need. */
const DECODING = 150;
/** Most unconfirmed frames. */
const MOST_FRAMES = 60;
/** Bytes of a frame whose sending takes no time worth mentioning. */
const SMALL = 8 * 1024;
/** Bytes that are too few to tell what a line carries. */
const FEW = 64 * 1024;
/** What the rate is at first, and its limits: kilobits per second. */
export const FIRST_RATE = 20_000;
const [LEAST, MOST] = [1_000, 60_000];
/** Milliseconds from one look at the rate to the next, and from lowering it to raising it. */
const [LOOK_EVERY, RAISED_AFTER] = [250, 10_000];

/**
 * The line to a viewer, who confirms the frames that he has decoded. It takes no frame while the oldest one is late, so
 * that what waits in sockets and routers never gets old, however slow the line is. `now` is in milliseconds.
 */
export class Line {
  readonly #now: () => number;
  readonly #unconfirmed: Sent[] = [];
  #unconfirmedBytes = 0;
  /** Milliseconds from ping to answer. */
  #ping = Number.POSITIVE_INFINITY;
  /** Milliseconds from sending to receipt on the empty line, as far as is known. */
  #delay = Number.POSITIVE_INFINITY;
  #rate = FIRST_RATE;
  #lowered = Number.NEGATIVE_INFINITY;
  #look = newLook(0);

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Kilobits per second that it carries, as far as is known. */
  get rate(): number {
    return this.#rate;
  }

  /** Milliseconds since the oldest unconfirmed frame was sent; 0 without one. */
  get waiting(): number {
    const [oldest] = this.#unconfirmed;
    return oldest ? this.#now() - oldest.at : 0;
  }

  /** Whether it takes a frame now. A key frame may come later than others, because all that follow build on it. */
  takes(isKey = false): boolean {
    const { length } = this.#unconfirmed;
    if (length === 0) return true;
    // The first frame shows what the line carries.
    if (length >= MOST_FRAMES || this.#delay === Number.POSITIVE_INFINITY) return false;
    const time = this.#usual() + (isKey ? KEY_PATIENCE : PATIENCE);
    return this.waiting < time && this.#unconfirmedBytes < (time * this.#rate) / 8;
  }

  /** Records the answer to a ping. */
  answered(delay: number): void {
    this.#ping = delay;
  }

  sent(number: number, bytes: number): void {
    const now = this.#now();
    const isEmpty = this.#unconfirmed.length === 0;
    // After a pause the time begins anew.
    if (isEmpty && now - this.#look.since > 2 * LOOK_EVERY) this.#look = newLook(now);
    this.#unconfirmed.push({ number, at: now, bytes, isProbe: isEmpty && bytes <= SMALL });
    this.#unconfirmedBytes += bytes;
  }

  /** Records the receipt for a frame, which confirms those before it too. One for any other frame is ignored. */
  confirm(number: number): void {
    const index = this.#unconfirmed.findIndex((sent) => sent.number === number);
    const confirmed = this.#unconfirmed.splice(0, index + 1);
    const last = confirmed.at(-1);
    if (!last) return;
    const bytes = confirmed.reduce((sum, sent) => sum + sent.bytes, 0);
    this.#unconfirmedBytes -= bytes;
    const delay = this.#now() - last.at;
    this.#delay = last.isProbe ? delay : Math.min(delay, this.#delay);
    this.#adapt(bytes, delay - this.#usual());
  }

  /** Whether a frame was sent and has no receipt. */
  carries(number: number): boolean {
    return this.#unconfirmed.some((sent) => sent.number === number);
  }

  /** There will be no receipts for the frames that were sent. */
  forget(): void {
    this.#unconfirmed.splice(0);
    this.#unconfirmedBytes = 0;
  }

  /** Milliseconds from sending to receipt when the line is not busy. A large first frame alone would not tell. */
  #usual(): number {
    const usual = Math.min(this.#delay, this.#ping + DECODING);
    return Number.isFinite(usual) ? usual : 0;
  }

  /**
   * Lowers the rate to what the line has carried when all frames came late, and raises it while frames use it and all
   * come in time. Some may be late because the client had other things to do.
   */
  #adapt(bytes: number, lateness: number): void {
    const now = this.#now();
    const look = this.#look;
    look.bytes += bytes;
    look.least = Math.min(look.least, lateness);
    look.most = Math.max(look.most, lateness);
    if (now - look.since < LOOK_EVERY) return;
    this.#look = newLook(now);
    const carried = (8 * look.bytes) / (now - look.since);
    if (look.least > LATE) {
      // So few bytes say little: the line may have stopped for a moment.
      const least = look.bytes < FEW ? this.#rate / 2 : LEAST;
      this.#rate = Math.max(LEAST, least, Math.min(this.#rate, 0.85 * carried));
      this.#lowered = now;
    } else if (look.most < IN_TIME && 2 * carried > this.#rate && now - this.#lowered > RAISED_AFTER) {
      this.#rate = Math.min(MOST, 1.1 * this.#rate);
    }
  }
}

/** Bytes that were confirmed since a moment, and how late the least and the most late of these frames were. */
function newLook(since: number) {
  return { since, bytes: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
}
