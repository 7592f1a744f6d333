import { isOwn } from "../answer.ts";
import { formatBytes } from "../bytes.ts";
import { element, write } from "../dom.ts";
import type { Feature } from "../feature.ts";
import { fetchAgain } from "../fetch-again.ts";
import { t, verbatim, type Words } from "../translate.ts";

/** A folder entry as the server describes it. */
interface Entry {
  readonly name: string;
  readonly type: "folder" | "file" | "other";
  readonly size: number;
}

/** The folder shown first. */
const start = ["Downloads"];

/** The part of the panel that saves files of the home on this computer, one folder at a time, beginning with ~/Downloads. */
export const downloads: Feature = {
  service: "downloads",
  setUp({ group }) {
    const body = group("files", "Download");
    const path = element("nav", { class: "download-path", "aria-label": t("Folder") });
    const list = element("ul", { class: "downloads", "aria-label": t("Files") });
    const note = element("p", { class: "hint", role: "status" });
    const hidden = element("input", { type: "checkbox", id: "downloads-hidden" });
    const refresh = element("button", { type: "button" }, t("Refresh"));
    const whole = element("a", { class: "button", download: "" }, t("Whole folder"));
    let present: readonly string[] = start;
    let asked = 0;
    const show = async (folder: readonly string[]) => {
      present = folder;
      const turn = ++asked;
      const answer = await read(folder);
      // A slow answer must not replace a newer one.
      if (turn !== asked) return;
      path.replaceChildren(...renderPath(folder, show));
      const entries = answer.entries.filter(({ name }) => hidden.checked || !name.startsWith("."));
      list.replaceChildren(...entries.map((entry) => renderEntry(folder, entry, show)));
      write(note, answer.note ?? (entries.length === 0 ? t("This folder is empty.") : undefined));
      whole.href = addressOf("files", folder);
    };
    refresh.addEventListener("click", () => void show(present));
    hidden.addEventListener("change", () => void show(present));
    const toggle = element("label", { class: "switch" }, element("span", {}, t("Hidden files")), hidden);
    body.append(path, list, note, element("div", { class: "row" }, refresh, whole), toggle);
    // Whenever it comes into sight: the desktop's programs change the files.
    new IntersectionObserver(([seen]) => seen?.isIntersecting && void show(present)).observe(body);
  },
};

async function read(folder: readonly string[]): Promise<{ entries: readonly Entry[]; note?: Words }> {
  try {
    const answer = await fetchAgain(addressOf("api/files", folder), { cache: "no-store" });
    const { status } = answer;
    if (!isOwn(answer))
      return {
        entries: [],
        note: t("A proxy answers in place of the workspace (status {status}).", { status }),
      };
    if (!answer.ok)
      return {
        entries: [],
        note: t(status === 404 ? "This folder no longer exists." : "This folder cannot be read."),
      };
    const { entries, more } = (await answer.json()) as { entries: Entry[]; more: boolean };
    return {
      entries: sorted(entries),
      ...(more && { note: t("This folder has more entries than are shown.") }),
    };
  } catch {
    return { entries: [], note: t("There is no connection.") };
  }
}

/** Folders first, names in natural order. */
export function sorted(entries: readonly Entry[]): Entry[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  const rank = ({ type }: Entry) => (type === "folder" ? 0 : 1);
  return [...entries].sort((a, b) => rank(a) - rank(b) || order.compare(a.name, b.name));
}

function renderPath(folder: readonly string[], show: (folder: readonly string[]) => void): Node[] {
  return [t("Home"), ...folder.map(verbatim)].map((name, depth) => {
    const button = element("button", { type: "button", class: "plain" }, name);
    if (depth === folder.length) button.setAttribute("aria-current", "page");
    button.addEventListener("click", () => show(folder.slice(0, depth)));
    return button;
  });
}

function renderEntry(
  folder: readonly string[],
  entry: Entry,
  show: (folder: readonly string[]) => void,
): Node {
  const { name, type, size } = entry;
  const path = [...folder, name];
  if (type === "other") return element("li", { class: "hint" }, verbatim(name));
  if (type === "file") {
    const link = element(
      "a",
      { href: addressOf("files", path), download: name },
      element("span", {}, verbatim(name)),
    );
    link.append(element("span", { class: "hint" }, formatBytes(size)));
    return element("li", {}, link);
  }
  const button = element(
    "button",
    { type: "button", class: "plain" },
    element("span", {}, verbatim(`${name}/`)),
  );
  button.addEventListener("click", () => show(path));
  return element("li", {}, button);
}

/** Beside the page, so that it works below any path prefix. */
function addressOf(kind: string, names: readonly string[]): string {
  return new URL(`./${kind}/${names.map(encodeURIComponent).join("/")}`, location.href).href;
}
