import { byId, element } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { followFeed } from "../feed.ts";
import { t, type Words } from "../translate.ts";
import { type Copied, writeBrowser } from "./browser.ts";
import { explainPermission } from "./permission.ts";
import type { Arrival, BrowserClipboard } from "./synchronise.ts";
import { Transfer } from "./transfer.ts";

/**
 * Content copied on the desktop is shown in the panel's clipboard section and written to the browser's clipboard; the
 * browser's clipboard is sent to the desktop.
 */
export const richClipboard: Feature = {
  service: "clipboard",
  setUp(context) {
    const { facts, clipboard, onState } = context;
    const limit = typeof facts.limit === "number" ? facts.limit : Number.POSITIVE_INFINITY;
    const transfer = new Transfer(context.address("api/clipboard"), limit);
    const place = element("div", { class: "rich-clipboard" });
    const permission = element("div", { class: "rich-clipboard" });
    byId("clipboard-note", HTMLParagraphElement).before(place);
    const isOpen = facts.up !== false;
    const ask = explainPermission(permission, context.store);
    const send = (copied: Copied) => {
      ask();
      return transfer.send(copied);
    };
    clipboard.join({ send, isOpen, limit });
    if (isOpen) place.append(pictureChooser(clipboard), permission);
    else place.append(hint(t("This workspace does not allow pasting from your computer.")));
    if (facts.down === false) {
      place.append(hint(t("This workspace does not allow copying to your computer.")));
      onState(({ phase }) => {
        if (phase === "connected") clipboard.forget();
        if (phase === "connected") clipboard.settle();
      });
    } else followDesktop(context, transfer, place);
  },
};

function hint(text: Words): HTMLElement {
  return element("p", { class: "hint" }, text);
}

/** A button that sends a picture from a file, which works in every browser. */
function pictureChooser(clipboard: BrowserClipboard): HTMLElement {
  const file = element("input", { type: "file", accept: "image/*", hidden: "", id: "clipboard-file" });
  const button = element("button", { type: "button", class: "wide" }, t("Send a picture…"));
  button.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (!chosen) return;
    const png = await toPng(chosen).catch(() => undefined);
    clipboard.say(png ? await clipboard.send({ png }) : t("The browser cannot read this picture."));
  });
  return element("div", {}, file, button);
}

/** Keeps a PNG byte for byte and converts other pictures to PNG. */
async function toPng(file: Blob): Promise<Blob> {
  if (file.type === "image/png") return file;
  const picture = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return await canvas.convertToBlob({ type: "image/png" });
}

/** What the gateway says about the desktop's clipboard. */
interface State {
  readonly types: readonly string[];
  /** Counts the changes. */
  readonly serial: number;
  /** There when the program with the content does not answer. */
  readonly isSilent?: true;
}

const SILENT: Omit<Arrival, "isOld"> = { outcome: "no answer" };

/** Follows the desktop's clipboard: shows a picture, and offers the content to the browser's clipboard. */
function followDesktop(context: FeatureContext, transfer: Transfer, place: HTMLElement): void {
  const { clipboard } = context;
  const frame = element("div", { class: "rich-clipboard", hidden: "" });
  place.append(frame);
  let last: State | undefined;
  const take = async (state: State, isOld: boolean) => {
    if (await transfer.isOwn(state.serial)) return;
    const fetched = state.isSilent ? SILENT : await transfer.fetch(state.types);
    if (last !== state) return;
    if (state.types.length === 0 && !state.isSilent) clipboard.forget();
    show(context, frame, fetched.copied?.png);
    await clipboard.arrive({ ...fetched, isOld });
  };
  followFeed(context, "api/clipboard", async (message) => {
    const [state, before] = [message as State, last];
    last = state;
    // Told again when somebody connects or the display is back.
    const isOld = before === undefined || before.serial === state.serial;
    if (!isOld || `${before?.types}` !== `${state.types}`) await take(state, isOld);
    clipboard.settle();
  });
}

function show(context: FeatureContext, frame: HTMLElement, png: Blob | undefined): void {
  const last = frame.querySelector("img");
  if (last !== null) URL.revokeObjectURL(last.src);
  frame.hidden = png === undefined;
  if (png === undefined) {
    frame.replaceChildren();
    return;
  }
  const address = URL.createObjectURL(png);
  const picture = element("img", { src: address, alt: t("Picture copied on the desktop") });
  const copy = element("button", { type: "button" }, t("Copy picture"));
  copy.addEventListener("click", () => void copyPicture(context, { png }));
  const save = element(
    "a",
    { href: address, download: "clipboard.png", id: "clipboard-save" },
    t("Save picture"),
  );
  frame.replaceChildren(picture, copy, save);
}

async function copyPicture({ clipboard }: FeatureContext, copied: Copied): Promise<void> {
  try {
    await writeBrowser(copied);
    clipboard.say(t("Copied to this computer."));
  } catch {
    clipboard.say(t("The browser does not allow copying. Save the picture instead."));
  }
}
