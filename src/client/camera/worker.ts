import { CAMERA, type CameraReport } from "../../wire/camera.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

// Outside the page's thread, so that the desktop keeps moving while pictures are encoded; and a worker's timers go on
// while the page is hidden.
const tell = (word: FromWorker) => postMessage(word);
const { width, height, rate } = CAMERA;
/** Of JPEG, up to 1. */
const QUALITY = 0.7;

const canvas = new OffscreenCanvas(width, height);
let socket: WebSocket | undefined;
/** Pictures that the server still waits for. */
let wanted = 0;
let isAsked = false;
let last = 0;

function open(address: string): void {
  const opened = new WebSocket(address);
  socket = opened;
  opened.onopen = () => tell({ type: "open" });
  opened.onclose = ({ code }) => tell({ type: "close", code });
  opened.onmessage = ({ data }) => {
    const report: CameraReport = JSON.parse(String(data));
    wanted += report.wanted;
    ask();
  };
}

/** Asks the page for the next picture when it is time. */
function ask(): void {
  if (isAsked || wanted === 0) return;
  isAsked = true;
  setTimeout(() => tell({ type: "wanted" }), Math.max(0, last + 1_000 / rate - performance.now()));
}

async function send(picture: ImageBitmap | undefined): Promise<void> {
  last = performance.now();
  if (picture !== undefined) {
    draw(picture);
    const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    wanted -= 1;
    if (socket?.readyState === WebSocket.OPEN) socket.send(jpeg);
  }
  isAsked = false;
  ask();
}

/** The middle of the picture, as large as it fills the desktop's. */
function draw(picture: ImageBitmap): void {
  const scale = Math.max(width / picture.width, height / picture.height);
  const [wide, high] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d")?.drawImage(picture, (width - wide) / 2, (height - high) / 2, wide, high);
  picture.close();
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "open") open(data.address);
  else if (data.type === "picture") void send(data.picture);
  else {
    socket?.close();
    close();
  }
});
