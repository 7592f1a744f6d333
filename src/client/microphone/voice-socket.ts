import type { FromWorker, ToWorker, VoiceFigures, VoiceSocketListener } from "./voice-sender.ts";

/** The connection to the server, as the page sees it. */
export interface VoiceSocket {
  /** Sends the messages from this port from now on; those before the server is reached are dropped. */
  attach(port: MessagePort): void;
  close(): void;
}

/** The close code of browsers for a connection that ended without one. */
const LOST = 1006;

/** Opens the voice's WebSocket in a worker and passes its figures to `onFigures` twice a second. */
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
  return { attach: (port) => tell({ type: "attach", port }, port), close };
}
