import { element, write } from "../dom.ts";
import { t, verbatim, type Words } from "../translate.ts";
import type { BatchState } from "./batch.ts";
import { renderDetail, renderNotes } from "./row.ts";

/** Milliseconds for which good news stay in sight. */
const brief = 6_000;

/** What is seen of uploads while the panel is closed: how far the newest ones are, how that ended, and what else there is to say. */
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
    /** Shows words for a while. */
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
