import { formatBytes } from "../bytes.ts";
import { element, write } from "../dom.ts";
import { t, verbatim, type Words } from "../translate.ts";
import type { Batch, BatchState } from "./batch.ts";

/** How many lines about single files a row shows at most. */
const mostNotes = 20;

/** The row of the panel for files that are uploaded together. */
export function createRow(title: Words) {
  const name = element("span", { class: "upload-name" }, title);
  const close = element("button", { type: "button", class: "plain" }, t("Cancel"));
  const again = element("button", { type: "button", class: "plain" }, t("Retry"));
  const bar = element("progress", { max: "1", "aria-label": t("Progress of {title}", { title }) });
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
      write(detail, renderDetail(state));
      write(close, t(state.phase === "running" ? "Cancel" : "Dismiss"));
      again.hidden = state.phase !== "failed" || state.failures.every(({ isFinal }) => isFinal);
      notes.replaceChildren(...renderNotes(state).map((note) => element("li", {}, note)));
    },
  };
}

/** The state in one line. */
export function renderDetail(state: BatchState): Words {
  const { phase, files, doneFiles, failures } = state;
  const [bytes, doneBytes] = [formatBytes(state.bytes), formatBytes(state.doneBytes)];
  switch (phase) {
    case "running":
      return files === 1
        ? t("{doneBytes} of {bytes}", { doneBytes, bytes })
        : t("{doneFiles} of {files} files, {doneBytes} of {bytes}", { doneFiles, files, doneBytes, bytes });
    case "done":
      return files === 1
        ? t("In ~/Uploads, {bytes}", { bytes })
        : t("{files} files in ~/Uploads, {bytes}", { files, bytes });
    case "failed":
      return files === 1
        ? t("Not uploaded")
        : t("{count} of {files} files not uploaded", { count: failures.length, files });
    case "cancelled":
      return files === 1
        ? t("Cancelled")
        : t("Cancelled after {doneFiles} of {files} files", { doneFiles, files });
  }
}

/** Notes about single files: failures and new names. */
export function renderNotes({ failures, renamed }: BatchState): Words[] {
  const notes = [
    ...failures.map(({ path, reason }) => verbatim(`${path}: ${reason}`)),
    ...renamed.map(([path, name]) => t("{path} is now {name}", { path, name })),
  ];
  const rest = notes.length - mostNotes;
  return rest > 0 ? [...notes.slice(0, mostNotes), t("and {rest} more", { rest })] : notes;
}
