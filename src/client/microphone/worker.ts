import { type FromWorker, openVoiceSender, type ToWorker, type VoiceSender } from "./voice-sender.ts";

// Sends the voice outside the page's thread, so that it does not stutter while the page draws the desktop.
let sender: VoiceSender | undefined;
/** Milliseconds between two reports for the statistics. */
const REPORT_EVERY = 500;
const tell = (word: FromWorker) => postMessage(word);

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "open") {
    sender = openVoiceSender(data.address, {
      onOpen: () => tell({ type: "open" }),
      onHeard: (heard) => tell({ type: "heard", heard }),
      onClose: (code) => tell({ type: "close", code }),
    });
    setInterval(() => sender && tell({ type: "figures", figures: sender.figures }), REPORT_EVERY);
  } else if (data.type === "attach") {
    data.port.onmessage = ({ data: message }: MessageEvent<ArrayBuffer>) => sender?.send(message);
  } else {
    sender?.close();
    close();
  }
});
