import { element, write } from "../dom.ts";
import { t, verbatim, type Words } from "../translate.ts";
import type { BatchState } from "./batch.ts";
import { renderDetail, renderNotes } from "./row.ts";

/** Milliseconds for which good news stays visible. */
const brief = 6_000;

/** Shows uploads while the panel is closed: the progress and result of the newest, and other notices. */
export function createToast() {
  const text = element("p");
  const bar = element("progress", { max: "1", "aria-label": t("Upload") });
  const toast = element("div", { class: "upload-toast", role: "status" }, text, bar);
  toast.hidden = true;
  document.body.append(toast);
  let timer: ReturnType<typeof setTimeout> | undefined;
  toast.addEventListener("click", () => {
    toast.hidden = true;
  });
  const show = (words: Words, isBrief: boolean) => {
    clearTimeout(timer);
    write(text, words);
    toast.hidden = false;
    if (isBrief) timer = setTimeout(() => toast.click(), brief);
  };
  return {
    /** Shows a text for a while. */
    say(words: Words): void {
      bar.hidden = true;
      show(words, true);
    },
    show(title: Words, state: BatchState): void {
      const isRunning = state.phase === "running";
      const [note] = renderNotes(state);
      bar.value = state.bytes > 0 ? state.doneBytes / state.bytes : 0;
      bar.hidden = !isRunning;
      const words = `${title}: ${renderDetail(state)}${isRunning || !note ? "" : `. ${note}`}`;
      show(verbatim(words), !isRunning && state.phase !== "failed");
    },
  };
}
