import { formatBytes } from "../bytes.ts";
import { element } from "../dom.ts";
import type { Batch, BatchState } from "./batch.ts";

/** Lines about single files that a row shows at most. */
const mostNotes = 20;

/** What the panel shows of files that are under way together. */
export function createRow(title: string) {
  const name = element("span", { class: "upload-name" }, title);
  const close = element("button", { type: "button", class: "plain" }, "Cancel");
  const again = element("button", { type: "button", class: "plain" }, "Retry");
  const bar = element("progress", { max: "1", "aria-label": `Progress of ${title}` });
  const detail = element("p", { class: "hint", role: "status" });
  const notes = element("ul", { class: "hint upload-notes" });
  const head = element("div", { class: "upload-head" }, name, again, close);
  const row = element("li", { class: "upload" }, head, bar, detail, notes);
  again.hidden = true;
  return {
    row,
    /** Wires the buttons. */
    attach(batch: Batch) {
      close.addEventListener("click", () =>
        row.dataset.phase === "running" ? batch.cancel() : row.remove(),
      );
      again.addEventListener("click", () => batch.retry());
    },
    show(state: BatchState) {
      row.dataset.phase = state.phase;
      bar.value =
        state.bytes > 0 ? state.doneBytes / state.bytes : state.doneFiles / Math.max(1, state.files);
      bar.hidden = state.phase !== "running";
      detail.textContent = renderDetail(state);
      close.textContent = state.phase === "running" ? "Cancel" : "Dismiss";
      again.hidden = state.phase !== "failed";
      notes.replaceChildren(...renderNotes(state).map((note) => element("li", {}, note)));
    },
  };
}

/** The state in a line. */
export function renderDetail(state: BatchState): string {
  const { phase, files, bytes, doneFiles, doneBytes, failures } = state;
  const count = files === 1 ? "" : `${doneFiles} of ${files} files, `;
  switch (phase) {
    case "running":
      return `${count}${formatBytes(doneBytes)} of ${formatBytes(bytes)}`;
    case "done":
      return files === 1
        ? `In ~/Uploads, ${formatBytes(bytes)}`
        : `${files} files in ~/Uploads, ${formatBytes(bytes)}`;
    case "failed":
      return files === 1 ? "Not uploaded" : `${failures.length} of ${files} files not uploaded`;
    case "cancelled":
      return files === 1 ? "Cancelled" : `Cancelled after ${doneFiles} of ${files} files`;
  }
}

/** What is to be known of single files: what failed, and what is called otherwise now. */
export function renderNotes({ failures, renamed }: BatchState): string[] {
  const notes = [
    ...failures.map(({ path, reason }) => `${path}: ${reason}`),
    ...renamed.map(([path, name]) => `${path} is now ${name}`),
  ];
  const rest = notes.length - mostNotes;
  return rest > 0 ? [...notes.slice(0, mostNotes), `and ${rest} more`] : notes;
}
