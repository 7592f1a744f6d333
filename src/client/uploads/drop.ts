import { element } from "../dom.ts";
import { t } from "../translate.ts";
import { gatherDropped, gatherPasted, type Wanted } from "./gather.ts";

/** Accepts files dropped anywhere on the page, and shows where they will go. */
export function acceptDrops(take: (wanted: Wanted[]) => void, fail: (error: unknown) => void): void {
  const veil = element(
    "div",
    { class: "drop-veil", role: "status" },
    element("p", {}, t("Drop the files to upload them.")),
    element("p", { class: "hint" }, t("They go to the folder Uploads of the desktop.")),
  );
  veil.hidden = true;
  document.body.append(veil);
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    // Otherwise the browser would open the file in place of the desktop.
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    veil.hidden = false;
  };
  window.addEventListener("dragenter", over);
  window.addEventListener("dragover", over);
  window.addEventListener("dragleave", (event) => {
    // When the pointer moves to another element of the page, that element is the related target.
    if (event.relatedTarget === null) veil.hidden = true;
  });
  window.addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    gatherDropped(event.dataTransfer).then(take, fail);
  });
}

/** Accepts pasted files before the clipboard looks for text. */
export function acceptPastes(take: (wanted: Wanted[]) => void): void {
  window.addEventListener(
    "paste",
    (event) => {
      const wanted = gatherPasted(event.clipboardData);
      if (wanted.length === 0) return;
      event.preventDefault();
      take(wanted);
    },
    true,
  );
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
