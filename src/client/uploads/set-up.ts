import { formatBytes } from "../bytes.ts";
import { element } from "../dom.ts";
import type { Feature } from "../feature.ts";
import { type Text, t, verbatim, type Words } from "../translate.ts";
import { type BatchState, startBatch, type Transfer } from "./batch.ts";
import { acceptDrops, acceptPastes } from "./drop.ts";
import { gatherFiles, type Wanted } from "./gather.ts";
import { createRow } from "./row.ts";
import { createUploadToast } from "./toast.ts";
import { showUnfinished } from "./unfinished-view.ts";

/** Uploads files to ~/Uploads: dropped on the desktop, pasted, or chosen in the panel. */
export const uploads: Feature = {
  service: "uploads",
  setUp({ facts, group }) {
    const body = group("files", "Upload");
    const toast = createUploadToast();
    const unfinished = showUnfinished(endpoint(), toast.say);
    const rows = element("ul", { class: "uploads", "aria-label": t("Uploads") });
    const guard = createGuard();
    const take = (wanted: readonly Wanted[]) => {
      if (wanted.length === 0) return;
      unfinished.taken(wanted);
      const title = titleOf(wanted);
      const { row, attach, show } = createRow(title);
      rows.prepend(row);
      const tell = (state: BatchState) => {
        guard(row, state.phase === "running");
        show(state);
        toast.show(title, state);
      };
      attach(startBatch(wanted, transfer, unhurried(tell)));
    };
    const fail = (error: unknown) => {
      const words = t("The files cannot be read: {reason}", { reason: String(error) });
      rows.prepend(element("li", { class: "hint" }, words));
    };
    const buttons = [chooser("Files…", {}, take), chooser("Folder…", { webkitdirectory: "" }, take)];
    body.append(
      element("div", { class: "row" }, ...buttons),
      element("p", { class: "hint" }, hint(facts.limit)),
      unfinished.list,
      rows,
    );
    acceptDrops(take, fail);
    acceptPastes(take);
  },
};

/** While uploads run, the browser asks before it leaves the page. Returns the function that notes whether one runs. */
function createGuard(): (upload: object, isRunning: boolean) => void {
  const running = new Set<object>();
  const ask = (event: Event) => event.preventDefault();
  return (upload, isRunning) => {
    if (isRunning) running.add(upload);
    else running.delete(upload);
    if (running.size > 0) window.addEventListener("beforeunload", ask);
    else window.removeEventListener("beforeunload", ask);
  };
}

/** Milliseconds between two updates of a running upload. */
const pace = 100;

/**
 * Reports the end at once and progress no more often than people can read: thousands of small files may be under
 * way.
 */
function unhurried(tell: (state: BatchState) => void): (state: BatchState) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: BatchState;
  const now = () => {
    timer = undefined;
    tell(latest);
  };
  return (state) => {
    latest = state;
    if (state.phase === "running") timer ??= setTimeout(now, pace);
    else {
      clearTimeout(timer);
      now();
    }
  };
}

function endpoint(): string {
  return new URL("./api/uploads", location.href).href;
}

/** Loads the library with the first file. */
const transfer: Transfer = async (wanted, options) => {
  const { tusTransfer } = await import("./transfer.ts");
  return tusTransfer(endpoint())(wanted, options);
};

/** A button that asks for files. */
function chooser(label: Text, attributes: Record<string, string>, take: (wanted: Wanted[]) => void) {
  const input = element("input", { type: "file", multiple: "", hidden: "", ...attributes });
  const button = element("button", { type: "button" }, t(label));
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take(gatherFiles(input.files ?? []));
    // So that the same file can be chosen again.
    input.value = "";
  });
  return element("div", { class: "chooser" }, button, input);
}

function hint(limit: unknown): Words {
  const hint = t("Or drop files and folders on the desktop, or paste them. They go to ~/Uploads.");
  if (typeof limit !== "number") return hint;
  const most = t("Up to {size} each.", { size: formatBytes(limit) });
  return verbatim(`${hint} ${most}`);
}

function titleOf(wanted: readonly Wanted[]): Words {
  const tops = new Set(wanted.map(({ path }) => path.split("/")[0] ?? ""));
  const [first = ""] = tops;
  return tops.size === 1 ? verbatim(first) : t("{first} and {rest} more", { first, rest: tops.size - 1 });
}
