/**
 * How the page shows the desktop. `rfb`: without a stream, as any VNC client. With a stream, `still` shows RFB's exact
 * pixels and decodes the stream unseen, and `moving` shows the stream and asks for no pixel by RFB. Between them the
 * picture must not go back in time: `starting` asks for no more pixels and waits for a frame that is newer than RFB's
 * last ones, `settling` shows the stream until RFB's picture is complete again. `leaving` does that after the stream was
 * lost.
 */
export type Mode = "rfb" | "still" | "starting" | "moving" | "settling" | "leaving";

/** All times are milliseconds of one clock. */
export interface ModeState {
  readonly mode: Mode;
  /** Since when. */
  readonly since: number;
  /** Whether the visitor wants the stream even while nothing moves. */
  readonly prefersStream: boolean;
  /** Bytes of recent frames, fading with time, as they were at `activeAt`. */
  readonly activity: number;
  readonly activeAt: number;
  /** When the activity last was that of a moving picture. */
  readonly busyAt: number;
  /** Time between the last two frames of a moving picture. */
  readonly pace: number;
  /** How long nothing may move until RFB's exact picture is asked for; at least {@link PACES} times the pace. */
  readonly patience: number;
  /** How long RFB took for its last complete picture. */
  readonly repaint: number;
  /** When that came; undefined while it is awaited. */
  readonly wholeAt: number | undefined;
  /** When RFB last needed too long for one. */
  readonly slowAt: number;
}

/**
 * `frame`: a frame of the stream was drawn. `whole`: RFB's picture is complete. `painted`: it has changed since, and the
 * change took `time` to come. `due`: the time of `dueAt` has come. `lost`: there is no stream any more. `prefer`: the
 * visitor's choice.
 */
export type ModeEvent =
  | {
      readonly type: "frame";
      readonly bytes: number;
      readonly isKey: boolean;
      /** Whether it was captured after RFB's last pixels came. */
      readonly isNewer: boolean;
    }
  | { readonly type: "painted"; readonly time: number }
  | { readonly type: "whole" | "due" | "lost" }
  | { readonly type: "prefer"; readonly stream: boolean };

export const firstMode: ModeState = {
  mode: "rfb",
  since: 0,
  prefersStream: false,
  activity: 0,
  activeAt: 0,
  busyAt: 0,
  pace: 0,
  patience: 0,
  repaint: 0,
  wholeAt: undefined,
  slowAt: Number.NEGATIVE_INFINITY,
};

/**
 * Activity above which the picture moves, in bytes. Measured with x264 at CRF 25: a letter is a frame of 150 to 800
 * bytes, a dragged window 60 a second of 350, scrolling text up to 20,000 a frame.
 */
const BUSY = 3_000;
/** One large change, such as a menu, is not a movement: three in a row are. */
const MOST_PER_FRAME = BUSY / 2;
/** Time in which activity fades to a third. */
const FADE = 200;
/**
 * A change that takes RFB longer may be a movement: the pictures of a desktop of 3840 x 2160 keep the X server so busy that
 * the stream gets a frame only every few seconds.
 */
const LONG = 250;
const SHORTEST_PATIENCE = 100;
const LONGEST_PATIENCE = 2_000;
const PACES = 2;
/** A picture that was still for less than this is restless: it becomes still later next time. */
const RESTLESS = 500;
/**
 * RFB's first complete picture may be older than frames that came meanwhile. Its next change is not, and where none comes
 * within this time there was none.
 */
const CATCH_UP = 100;
/** A line that needs longer for RFB's picture gets a coarse one first, for some time. */
const SLOW = 500;
const SLOW_FOR = 30_000;

/** The state after `event` at time `now`. */
export function nextMode(state: ModeState, event: ModeEvent, now: number): ModeState {
  switch (event.type) {
    case "frame":
      return afterFrame(state, event, now);
    case "whole":
      return afterWhole(state, now);
    case "painted":
      if (state.wholeAt !== undefined) return enter(state, "still", now);
      return state.mode === "still" && event.time > LONG ? yieldToStream(state, event.time, now) : state;
    case "due":
      if (now < (dueAt(state) ?? Number.POSITIVE_INFINITY)) return state;
      return enter(state, state.mode === "moving" ? "settling" : "still", now);
    case "lost":
      if (state.mode === "rfb") return state;
      return enter(state, showsStream(state.mode) ? "leaving" : "rfb", now);
    case "prefer": {
      const next = { ...state, prefersStream: event.stream };
      if (!event.stream || !isFollowing(state.mode)) return next;
      return enter(next, showsStream(state.mode) ? "moving" : "starting", now);
    }
  }
}

/** When the event `due` is to come; undefined for never. */
export function dueAt({
  mode,
  prefersStream,
  busyAt,
  pace,
  patience,
  wholeAt,
}: ModeState): number | undefined {
  if (wholeAt !== undefined) return wholeAt + CATCH_UP;
  if (asksForPixels(mode) || prefersStream) return undefined;
  return busyAt + Math.max(patience, Math.min(LONGEST_PATIENCE, PACES * pace));
}

/** Whether RFB is to bring the picture. */
export function asksForPixels(mode: Mode): boolean {
  return mode !== "starting" && mode !== "moving";
}

/** Whether RFB's picture is to be exact at once. The stream is seen meanwhile. */
export function asksForExact({ mode, since, slowAt }: ModeState): boolean {
  return mode === "settling" && since - slowAt > SLOW_FOR;
}

/** Whether the stream is what the visitor sees. */
export function showsStream(mode: Mode): boolean {
  return mode === "moving" || mode === "settling" || mode === "leaving";
}

/** Whether the stream's frames are drawn: also before they are seen, so that none of an earlier movement is. */
export function drawsStream(mode: Mode): boolean {
  return mode !== "still";
}

/** Whether there is a stream that something may be seen of. */
export function isFollowing(mode: Mode): boolean {
  return mode !== "rfb" && mode !== "leaving";
}

function afterFrame(
  state: ModeState,
  { bytes, isKey, isNewer }: Extract<ModeEvent, { type: "frame" }>,
  now: number,
): ModeState {
  const faded = state.activity * Math.exp((state.activeAt - now) / FADE);
  // A key frame is large whatever changed: someone else may have asked for it.
  const activity = Math.min(2 * BUSY, faded + (isKey ? 0 : Math.min(bytes, MOST_PER_FRAME)));
  const isBusy = activity > BUSY;
  const busy = isBusy ? { busyAt: now, pace: now - state.activeAt } : {};
  const next = { ...state, activity, activeAt: now, ...busy };
  if (state.mode === "moving") return next;
  if (state.mode === "starting") return isNewer ? enter(next, "moving", now) : next;
  if (isBusy || state.prefersStream)
    return enter(
      { ...next, patience: patienceAfter(state, now) },
      isNewer || showsStream(state.mode) ? "moving" : "starting",
      now,
    );
  if (state.mode === "leaving") return enter(next, "settling", now);
  return state.mode === "rfb" ? enter(next, "still", now) : next;
}

/** Leaves the X server to the stream: until two such times have passed without a movement, RFB is asked for nothing. */
function yieldToStream(state: ModeState, time: number, now: number): ModeState {
  return enter({ ...state, busyAt: now, pace: time, patience: patienceAfter(state, now) }, "starting", now);
}

function afterWhole(state: ModeState, now: number): ModeState {
  if (state.mode === "leaving") return enter(state, "rfb", now);
  if (state.mode !== "settling") return state;
  const next = { ...state, repaint: now - state.since };
  return state.activeAt < state.since ? enter(next, "still", now) : { ...next, wholeAt: now };
}

/** A picture that is never still for long must not flicker between its two forms. */
function patienceAfter({ mode, since, patience, repaint }: ModeState, now: number): number {
  const isRestless = mode === "settling" || (mode === "still" && now - since < RESTLESS);
  // The line and the display server are left alone for as long as they needed for a whole picture.
  const calm = Math.max(SHORTEST_PATIENCE, isRestless ? 2 * patience : 0, repaint);
  return Math.min(LONGEST_PATIENCE, calm);
}

function enter(state: ModeState, mode: Mode, now: number): ModeState {
  const isSlow = state.mode === "settling" && now - state.since > SLOW;
  return { ...state, mode, since: now, wholeAt: undefined, slowAt: isSlow ? now : state.slowAt };
}
