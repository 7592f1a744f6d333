import { element, write } from "../dom.ts";
import { type Answer, watchPermission } from "../permission.ts";
import type { Store } from "../settings.ts";
import { createToast } from "../toast.ts";
import { type Text, t } from "../translate.ts";

/**
 * Explains what the browser needs before this page may read the clipboard: Chromium asks once, other browsers hand
 * it over only on a paste. Returns the function that offers the question over the desktop, once in the browser.
 */
export function explainPermission(place: HTMLElement, store: Store): () => void {
  const text = element("p", { class: "hint", id: "clipboard-permission" });
  const button = allowButton();
  const later = element("button", { type: "button" }, t("Not now"));
  const toast = createToast("clipboard-question", element("div", { class: "row" }, later, allowButton()));
  place.append(text, button);
  let answer: Answer = "unknown";
  void watchPermission("clipboard-read", (next) => {
    answer = next;
    const words = texts[answer];
    write(text, words === "" ? undefined : t(words));
    button.hidden = answer !== "prompt";
  });
  return () => {
    if (answer !== "prompt" || store.read() === true) return;
    store.write(true);
    toast.show(t(QUESTION), false);
  };
}

const QUESTION: Text =
  "Your clipboard can come to the desktop by itself. For that, the browser will ask you once.";

function allowButton(): HTMLButtonElement {
  const button = element("button", { type: "button", class: "primary" }, t("Allow"));
  button.addEventListener("click", () => {
    // The browser asks; its answer arrives as a change of the permission.
    navigator.clipboard.read().catch(() => {});
  });
  return button;
}

const texts: Readonly<Record<Answer, Text | "">> = {
  granted: "",
  prompt:
    "The browser asks once whether this page may read your clipboard. After that, the clipboards sync automatically.",
  denied:
    "The browser blocks clipboard access for this page. Allow it by the icon in the address bar. Ctrl+V still works.",
  unknown:
    "This browser shares your clipboard only when you paste: press Ctrl+V on the desktop, or paste above.",
};
