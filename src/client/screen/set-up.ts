import type { StreamReport } from "../../wire/screen.ts";
import { element } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { pictures } from "../settings.ts";
import { addStreamFigures } from "./figures.ts";
import type { Drawn, FromWorker, ToWorker } from "./messages.ts";
import { PictureSwitch } from "./switch.ts";
import { createVideo } from "./video.ts";

/** The picture as a video stream while it moves. RFB stays for input, and for the exact picture when it is still. */
export const screen: Feature = {
  service: "screen",
  setUp(context) {
    if ("VideoDecoder" in globalThis && "OffscreenCanvas" in globalThis) new Watcher(context);
    else addStreamFigures(context.addFigure, { mode: () => "rfb", report: () => "impossible" });
  },
};

/** Milliseconds that the fastest frame may need from its capture on, of which its lag knows nothing. */
const FASTEST = 30;

/** Follows the stream while the desktop is connected and the visitor wants it. */
class Watcher {
  readonly #context: FeatureContext;
  readonly #canvas = element("canvas", { "aria-hidden": "true" });
  readonly #video = createVideo();
  readonly #picture = new PictureSwitch((isWanted) => this.#tell({ type: "draw", isWanted }));
  readonly #tell: (word: ToWorker) => void;
  readonly #note: (drawn: Drawn) => void;
  #use: (typeof pictures)[keyof typeof pictures]["stream"] = "moving";
  #isConnected = false;
  #isOpen = false;
  #report: StreamReport | "impossible" | undefined;

  constructor(context: FeatureContext) {
    this.#context = context;
    this.#note = addStreamFigures(context.addFigure, {
      mode: () => this.#picture.mode,
      report: () => (this.#use === "never" ? "off" : this.#report),
    });
    this.#tell = openWorker(this.#canvas, this.#video?.frames, (word) => this.#hear(word));
    context.onSettings(({ picture }) => {
      this.#use = pictures[picture].stream;
      this.#picture.step({ type: "prefer", stream: this.#use === "always" });
      this.#follow();
    });
    context.onState(({ phase }) => this.#connect(phase === "connected"));
    document.addEventListener("visibilitychange", () => {
      this.#tell({ type: "show", isVisible: document.visibilityState === "visible" });
      this.#picture.look();
    });
    window.addEventListener("online", () => this.#tell({ type: "retry" }));
  }

  #connect(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    const session = this.#context.session();
    session?.layUnder([this.#canvas, ...(this.#video ? [this.#video.element] : [])]);
    // A video that is moved in the page stops. Its promise waits for the first frame, and fails when it is moved again.
    this.#video?.element.play().catch(() => {});
    this.#picture.join(session);
    this.#follow();
  }

  #follow(): void {
    if (this.#isOpen === (this.#isConnected && this.#use !== "never")) return;
    this.#isOpen = !this.#isOpen;
    this.#report = undefined;
    if (!this.#isOpen) this.#picture.step({ type: "lost" });
    const address = this.#context.socketAddress("screen");
    this.#tell(this.#isOpen ? { type: "open", address } : { type: "close" });
  }

  #hear(word: FromWorker): void {
    if (word.type === "drawn") this.#take(word.drawn);
    else if (word.type === "pointer") this.#context.session()?.point(word.place);
    else {
      this.#report = word.type === "report" ? word.report : word.type === "lost" ? undefined : word.type;
      if (word.type !== "report" || "paused" in word.report) this.#picture.step({ type: "lost" });
    }
  }

  #take(drawn: Drawn): void {
    const session = this.#context.session();
    // A frame was on its way when the stream was closed.
    if (session === null || !this.#isOpen) return;
    this.#note(drawn);
    // Only here, so that the last picture of another size stays until there is one of this.
    if (this.#video && drawn.on) this.#video.element.hidden = drawn.on !== "video";
    const isNewer = drawn.on !== undefined && performance.now() - drawn.lag - FASTEST > session.paintedAt;
    const { bytes, isKey } = drawn;
    this.#picture.step({ type: "frame", bytes, isKey, isNewer });
    session.streamed += bytes;
    if (session.isSeeThrough) session.frames += 1;
  }
}

/** Starts the worker that draws; returns the function that tells it something. */
function openWorker(
  canvas: HTMLCanvasElement,
  frames: WritableStream<VideoFrame> | undefined,
  hear: (word: FromWorker) => void,
): (word: ToWorker) => void {
  const worker = new Worker("screen-worker.js", { type: "module" });
  const surface = canvas.transferControlToOffscreen();
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
  worker.onerror = () => hear({ type: "impossible" });
  const surfaces = { type: "surfaces", canvas: surface, frames } satisfies ToWorker;
  worker.postMessage(surfaces, [surface, ...(frames ? [frames] : [])]);
  return (word) => worker.postMessage(word);
}
