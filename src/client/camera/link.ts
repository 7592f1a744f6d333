import type { FromWorker, ToWorker } from "./messages.ts";

export interface LinkListener {
  /** The server accepts the camera. */
  onOpen(): void;
  /** The connection has ended or was never made; not called after `close`. */
  onClose(code: number): void;
}

/** The close code of browsers for a connection that ended without one. */
const LOST = 1006;

/** Sends the picture of a video element to the server whenever a program wants one. Returns a function that ends that. */
export function openLink(address: string, video: HTMLVideoElement, listener: LinkListener): () => void {
  const worker = new Worker("camera-worker.js", { type: "module" });
  const tell = (word: ToWorker, ...transfer: Transferable[]) => worker.postMessage(word, transfer);
  const close = () => {
    worker.onmessage = worker.onerror = null;
    tell({ type: "close" });
  };
  const end = (code: number) => {
    close();
    listener.onClose(code);
  };
  const give = async () => {
    // Before the first picture there is none to take.
    const picture = await createImageBitmap(video).catch(() => undefined);
    tell({ type: "picture", picture }, ...(picture === undefined ? [] : [picture]));
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === "open") listener.onOpen();
    else if (data.type === "wanted") void give();
    else end(data.code);
  };
  worker.onerror = () => end(LOST);
  tell({ type: "open", address });
  return close;
}
