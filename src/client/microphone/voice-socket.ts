import type { FromWorker, ToWorker, VoiceFigures, VoiceSocketListener } from "./voice-sender.ts";

/** The way of the voice to the server, as the page sees it. */
export interface VoiceSocket {
  /** Sends the messages that come from there from now on; what comes before the server is reached is left out. */
  attach(way: MessagePort): void;
  close(): void;
}

/** The code that browsers give to connections that end without one. */
const LOST = 1006;

/** Opens the WebSocket that takes the voice, in a worker; `onFigures` is told twice a second what becomes of it. */
export function openVoiceSocket(
  address: string,
  listener: VoiceSocketListener,
  onFigures: (figures: VoiceFigures) => void,
): VoiceSocket {
  const worker = new Worker("microphone-worker.js", { type: "module" });
  const tell = (word: ToWorker, ...transfer: Transferable[]) => worker.postMessage(word, transfer);
  const close = () => {
    worker.onmessage = worker.onerror = null;
    tell({ type: "close" });
  };
  const end = (code: number) => {
    close();
    listener.onClose(code);
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === "open") listener.onOpen();
    else if (data.type === "heard") listener.onHeard(data.heard);
    else if (data.type === "figures") onFigures(data.figures);
    else end(data.code);
  };
  worker.onerror = () => end(LOST);
  tell({ type: "open", address });
  return { attach: (way) => tell({ type: "attach", way }, way), close };
}
