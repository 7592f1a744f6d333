import { element } from "../dom.ts";
import { createToast } from "../toast.ts";
import { t, verbatim, type Words } from "../translate.ts";
import type { BatchState } from "./batch.ts";
import { renderDetail, renderNotes } from "./row.ts";

/** Shows uploads while the panel is closed: the progress and result of the newest, and other notices. */
export function createUploadToast() {
  const bar = element("progress", { max: "1", "aria-label": t("Upload") });
  const toast = createToast("upload-toast", bar);
  return {
    /** Shows a text for a while. */
    say(words: Words): void {
      bar.hidden = true;
      toast.show(words, true);
    },
    show(title: Words, state: BatchState): void {
      const isRunning = state.phase === "running";
      const [note] = renderNotes(state);
      bar.value = state.bytes > 0 ? state.doneBytes / state.bytes : 0;
      bar.hidden = !isRunning;
      const words = `${title}: ${renderDetail(state)}${isRunning || !note ? "" : `. ${note}`}`;
      toast.show(verbatim(words), !isRunning && state.phase !== "failed");
    },
  };
}
