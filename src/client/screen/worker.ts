import { decodableCodecs } from "./codecs.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { type Receiver, receive } from "./receive.ts";
import { createSurface } from "./surface.ts";

// Outside the page's thread, so that the picture keeps moving while the page decodes RFB's.
const tell = (word: FromWorker) => postMessage(word);
const codecs = decodableCodecs();
let surface: ReturnType<typeof createSurface> | undefined;
let receiver: Receiver | undefined;
let [isVisible, draws] = [true, true];
/** Counts what opens and closes: an answer of the browser may come after the next one. */
let turn = 0;

async function open(address: string): Promise<void> {
  const mine = ++turn;
  const known = await codecs;
  if (mine !== turn || surface === undefined) return;
  if (known.length === 0) return tell({ type: "impossible" });
  receiver = receive({ address, codecs: known, surface }, tell);
  receiver.show(isVisible);
  receiver.draw(draws);
}

function close(): void {
  turn += 1;
  receiver?.close();
  receiver = undefined;
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "surfaces") surface = createSurface(data);
  else if (data.type === "open") {
    close();
    void open(data.address);
  } else if (data.type === "show") {
    isVisible = data.isVisible;
    receiver?.show(isVisible);
  } else if (data.type === "draw") {
    draws = data.isWanted;
    receiver?.draw(draws);
  } else if (data.type === "retry") receiver?.retryNow();
  else close();
});
