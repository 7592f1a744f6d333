import { byId, element, write } from "../dom.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { followFeed } from "../feed.ts";
import { t, type Words } from "../translate.ts";
import { type Copied, writeBrowser } from "./browser.ts";
import { explainPermission } from "./permission.ts";
import { Transfer } from "./transfer.ts";

/**
 * Pictures and HTML in the panel's clipboard section. Content copied on the desktop is shown and written to the
 * browser's clipboard; the browser's clipboard is sent to the desktop.
 */
export const richClipboard: Feature = {
  service: "clipboard",
  setUp(context) {
    const { facts, clipboard } = context;
    const limit = typeof facts.limit === "number" ? facts.limit : Number.POSITIVE_INFINITY;
    const transfer = new Transfer(context.address("api/clipboard"), limit);
    const place = element("div", { class: "rich-clipboard" });
    byId("clipboard-note", HTMLParagraphElement).before(place);
    if (facts.up === false)
      place.append(hint(t("This workspace does not allow pasting from your computer.")));
    else {
      clipboard.join((copied) => transfer.send(copied));
      place.append(pictureChooser(transfer));
    }
    if (facts.down === false)
      place.append(hint(t("This workspace does not allow copying to your computer.")));
    else showPictures(context, transfer, place);
    explainPermission(place);
  },
};

function hint(text: Words): HTMLElement {
  return element("p", { class: "hint" }, text);
}

function say(words: Words): void {
  write(byId("clipboard-note", HTMLParagraphElement), words);
}

/** A button that sends a picture from a file, which works in every browser. */
function pictureChooser(transfer: Transfer): HTMLElement {
  const file = element("input", { type: "file", accept: "image/*", hidden: "", id: "clipboard-file" });
  const button = element("button", { type: "button" }, t("Send a picture…"));
  button.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (!chosen) return;
    const png = await toPng(chosen).catch(() => undefined);
    const isSent = png !== undefined && (await transfer.send({ png }));
    say(isSent ? t("The picture is in the desktop's clipboard.") : t("The picture could not be sent."));
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

/** Follows the desktop's clipboard: shows a picture, and offers rich content to the browser's clipboard. */
function showPictures(context: FeatureContext, transfer: Transfer, place: HTMLElement): void {
  const frame = element("div", { class: "rich-clipboard", hidden: "" });
  place.append(frame);
  let isFirst = true;
  followFeed(context, "api/clipboard", async (message) => {
    const { types, serial } = message as { types: readonly string[]; serial: number };
    // Content from before the visit is shown but must not replace the browser's clipboard.
    const isOld = isFirst;
    isFirst = false;
    if (await transfer.isOwn(serial)) return;
    const copied = await transfer.fetch(types);
    show(frame, copied?.png);
    if (copied !== undefined && !isOld) context.clipboard.offer(copied);
  });
}

function show(frame: HTMLElement, png: Blob | undefined): void {
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
  copy.addEventListener("click", () => void copyPicture({ png }));
  const save = element(
    "a",
    { href: address, download: "clipboard.png", id: "clipboard-save" },
    t("Save picture"),
  );
  frame.replaceChildren(picture, copy, save);
}

async function copyPicture(copied: Copied): Promise<void> {
  try {
    await writeBrowser(copied);
    say(t("Copied to this computer."));
  } catch {
    say(t("The browser does not allow copying. Save the picture instead."));
  }
}
