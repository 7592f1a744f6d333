import { decodableCodecs } from "./codecs.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { type Receiver, receive } from "./receive.ts";

// Outside the page's thread, so that the picture keeps moving while the page decodes RFB's.
const tell = (word: FromWorker) => postMessage(word);
const codecs = decodableCodecs();
let canvas: OffscreenCanvas | undefined;
let receiver: Receiver | undefined;
let isVisible = true;
/** Counts what opens and closes: an answer of the browser may come after the next one. */
let turn = 0;

async function open(address: string): Promise<void> {
  const mine = ++turn;
  const known = await codecs;
  if (mine !== turn || canvas === undefined) return;
  if (known.length === 0) return tell({ type: "impossible" });
  receiver = receive({ address, codecs: known, canvas }, tell);
  receiver.show(isVisible);
}

function close(): void {
  turn += 1;
  receiver?.close();
  receiver = undefined;
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "canvas") canvas = data.canvas;
  else if (data.type === "open") {
    close();
    void open(data.address);
  } else if (data.type === "show") {
    isVisible = data.isVisible;
    receiver?.show(isVisible);
  } else if (data.type === "retry") receiver?.retryNow();
  else close();
});
