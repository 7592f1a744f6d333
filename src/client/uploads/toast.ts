import { element, write } from "../dom.ts";
import { t, verbatim, type Words } from "../translate.ts";
import type { BatchState } from "./batch.ts";
import { renderDetail, renderNotes } from "./row.ts";

/** Milliseconds for which good news stay in sight. */
const brief = 6_000;

/** What is seen of uploads while the panel is closed: how far the newest ones are, and how that ended. */
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
  return (title: Words, state: BatchState) => {
    clearTimeout(timer);
    const isRunning = state.phase === "running";
    const [note] = renderNotes(state);
    write(text, verbatim(`${title}: ${renderDetail(state)}${isRunning || !note ? "" : `. ${note}`}`));
    bar.value = state.bytes > 0 ? state.doneBytes / state.bytes : 0;
    bar.hidden = !isRunning;
    toast.hidden = false;
    if (!isRunning && state.phase !== "failed") timer = setTimeout(() => toast.click(), brief);
  };
}
