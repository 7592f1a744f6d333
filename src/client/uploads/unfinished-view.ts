import { formatBytes } from "../bytes.ts";
import { element } from "../dom.ts";
import { t, type Words } from "../translate.ts";
import type { Wanted } from "./gather.ts";
import { lockedNames } from "./locks.ts";
import { findUnfinished, type Unfinished } from "./unfinished.ts";

/**
 * A list of uploads that an earlier visit left unfinished. A page may not reopen a file by itself, so it asks for
 * each one, also by `say`.
 */
export function showUnfinished(endpoint: string, say: (words: Words) => void) {
  const list = element("ul", { class: "uploads", "aria-label": t("Unfinished") });
  const rows = new Map<string, HTMLLIElement>();
  const options = { endpoint, storage: () => localStorage, underWay: lockedNames };
  void findUnfinished(options).then((found) => {
    for (const one of found) {
      const words = renderWords(one);
      const row = renderRow(one, words);
      rows.set(one.path, row);
      list.append(row);
      say(words);
    }
  });
  return {
    list,
    /** Removes files from the list that are being uploaded now. */
    taken(wanted: readonly Wanted[]): void {
      for (const { path } of wanted) rows.get(path)?.remove();
    },
  };
}

function renderWords({ path, size, done }: Unfinished): Words {
  return t("{path}: {done} of {size} uploaded. Drop or choose the file again to continue.", {
    path,
    done: formatBytes(done),
    size: formatBytes(size),
  });
}

function renderRow({ discard }: Unfinished, words: Words): HTMLLIElement {
  const button = element("button", { type: "button", class: "plain" }, t("Discard"));
  const head = element("div", { class: "upload-head" }, element("span", { class: "hint" }, words), button);
  const row = element("li", { class: "upload upload-unfinished" }, head);
  button.addEventListener("click", () => {
    row.remove();
    void discard();
  });
  return row;
}
