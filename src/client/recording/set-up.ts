import type { RecordingEnd, RecordingSign, RecordingStatus } from "../../wire/recording.ts";
import { isOwn } from "../answer.ts";
import { byId, element, setPressed, write } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { followFeed } from "../feed.ts";
import { createToast } from "../toast.ts";
import { type Text, t, verbatim, type Words } from "../translate.ts";

/** A sign for everybody while the desktop is recorded, and the controls by which the owner starts and ends that. */
export const recording: Feature = {
  service: "recording",
  setUp(context) {
    const sign = element("p", { id: "recording-sign", role: "status" });
    byId("signs", HTMLDivElement).prepend(sign);
    const showSign = (isShown: boolean) => write(sign, isShown ? t("Recording") : undefined);
    const showStatus = createControls(context);
    showStatus(undefined);
    followFeed(context, "api/recording", (message) => {
      const status = message as RecordingSign | RecordingStatus;
      showSign(status.isRecording);
      showStatus("files" in status ? status : undefined);
    });
    context.onState(({ phase }) => {
      if (phase !== "connected") showSign(false);
    });
  },
};

/** Returns the function that takes the owner's status; it is undefined for who may not record. */
function createControls(context: FeatureContext): (status: RecordingStatus | undefined) => void {
  const group = context.group("more", "Recording", true);
  const toggle = element("button", { type: "button", id: "recording-toggle" });
  const time = element("p", { class: "hint", id: "recording-time" });
  const note = element("p", { class: "hint", role: "status" });
  const files = element("ul", { class: "downloads", "aria-label": t("Recorded files") });
  const toast = createToast("recording");
  group.append(toggle, time, note, files);
  let status: RecordingStatus | undefined;
  let began = 0;
  const showTime = () => {
    const seconds = status?.isRecording ? Math.floor((performance.now() - began) / 1000) : undefined;
    write(time, seconds === undefined ? undefined : t("Recording for {time}", { time: renderTime(seconds) }));
  };
  setInterval(showTime, 1000);
  toggle.addEventListener("click", async () => {
    toggle.disabled = true;
    const problem = await order(context.address("api/recording"), status?.isRecording ? "DELETE" : "POST");
    if (problem) write(note, problem);
    toggle.disabled = false;
  });
  return (next) => {
    group.hidden = next === undefined;
    if (next === undefined) return;
    const hasEnded = status?.isRecording === true && !next.isRecording;
    status = next;
    began = performance.now() - 1000 * next.seconds;
    setPressed(toggle, next.isRecording);
    write(toggle, t(next.isRecording ? "Stop recording" : "Record picture and sound"));
    showTime();
    const words = next.ended && t(ENDS[next.ended]);
    write(note, words);
    if (hasEnded && words && next.ended !== "asked") toast.show(words, false);
    files.hidden = next.files.length === 0;
    files.replaceChildren(...next.files.map((name) => renderFile(name, next, context)));
  };
}

const ENDS: Readonly<Record<RecordingEnd, Text>> = {
  asked: "Recorded. The files are in ~/Downloads.",
  stopped: "Recorded. The files are in ~/Downloads.",
  full: "The recording has ended: there is no more room for it.",
  limit: "The recording has ended: it has reached its largest size.",
  slow: "The recording has ended: the disk is too slow for it.",
  failed: "The recording has ended: its file cannot be written.",
};

/** Gives an order; returns what went wrong. */
async function order(address: string, method: "POST" | "DELETE"): Promise<Words | undefined> {
  try {
    const answer = await fetch(address, { method });
    if (answer.ok && isOwn(answer)) return undefined;
    const { refused } = (await answer.json()) as { readonly refused: string };
    return t("Nothing is recorded: {reason}.", { reason: refused });
  } catch {
    return t("That did not work. Try again.");
  }
}

/** A complete file is a link, where files may be downloaded. */
function renderFile(name: string, { isRecording }: RecordingStatus, { address, facts }: FeatureContext) {
  const words = element("span", {}, verbatim(name));
  if (isRecording || facts.canDownload !== true) return element("li", { class: "hint" }, words);
  const href = address(`files/Downloads/${encodeURIComponent(name)}`);
  return element("li", {}, element("a", { href, download: name }, words));
}

/** Such as 0:42 or 1:02:03. */
export function renderTime(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  const start = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${start}:${two(seconds % 60)}`;
}
