import type { StreamReport } from "../../wire/screen.ts";
import { element } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { pictures } from "../settings.ts";
import { addStreamFigures } from "./figures.ts";
import type { Drawn, FromWorker, ToWorker } from "./messages.ts";
import { PictureSwitch } from "./switch.ts";

/** The picture as a video stream while it moves. RFB stays for input, and for the exact picture when it is still. */
export const screen: Feature = { service: "screen", setUp };

function setUp(context: FeatureContext): void {
  const { addFigure, session, socketAddress, onSettings, onState } = context;
  const canDecode = "VideoDecoder" in globalThis && "OffscreenCanvas" in globalThis;
  const picture = new PictureSwitch();
  let [isConnected, isOn] = [false, false];
  let use: (typeof pictures)[keyof typeof pictures]["stream"] = "moving";
  let report: StreamReport | "impossible" | undefined = canDecode ? undefined : "impossible";
  const note = addStreamFigures(addFigure, {
    mode: () => picture.mode,
    report: () => (use === "never" ? "off" : report),
  });
  if (!canDecode) return;
  const canvas = element("canvas", { "aria-hidden": "true" });
  const tell = openWorker(canvas, (word) => {
    if (word.type === "drawn") return take(word.drawn);
    report = word.type === "report" ? word.report : word.type === "lost" ? undefined : word.type;
    if (word.type !== "report" || "paused" in word.report) picture.step({ type: "lost" });
  });
  const take = (drawn: Drawn) => {
    const shown = session();
    // What was on its way when the stream was closed.
    if (shown === null || !isOn) return;
    note(drawn);
    const isNewer = performance.now() - drawn.lag > shown.paintedAt;
    picture.step({ type: "frame", bytes: drawn.bytes, isKey: drawn.isKey, isNewer });
    shown.streamed += drawn.bytes;
    if (shown.isSeeThrough) shown.frames += 1;
  };
  const follow = () => {
    if (isOn === (isConnected && use !== "never")) return;
    isOn = !isOn;
    report = undefined;
    if (!isOn) picture.step({ type: "lost" });
    tell(isOn ? { type: "open", address: socketAddress("screen") } : { type: "close" });
  };
  onSettings((settings) => {
    use = pictures[settings.picture].stream;
    picture.step({ type: "prefer", stream: use === "always" });
    follow();
  });
  onState(({ phase }) => {
    if ((phase === "connected") === isConnected) return;
    isConnected = phase === "connected";
    if (isConnected) session()?.layUnder(canvas);
    picture.join(session());
    follow();
  });
  document.addEventListener("visibilitychange", () => {
    tell({ type: "show", isVisible: document.visibilityState === "visible" });
    picture.look();
  });
  window.addEventListener("online", () => tell({ type: "retry" }));
}

/** Starts the worker that draws on the canvas; returns the function that tells it something. */
function openWorker(canvas: HTMLCanvasElement, hear: (word: FromWorker) => void): (word: ToWorker) => void {
  const worker = new Worker("screen-worker.js", { type: "module" });
  const surface = canvas.transferControlToOffscreen();
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
  worker.onerror = () => hear({ type: "impossible" });
  worker.postMessage({ type: "canvas", canvas: surface } satisfies ToWorker, [surface]);
  return (word) => worker.postMessage(word);
}
