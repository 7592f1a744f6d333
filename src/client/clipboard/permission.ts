import { element, write } from "../dom.ts";
import { type Text, t } from "../translate.ts";

/**
 * Explains what the browser needs before this page may read the clipboard: Chromium asks once, other browsers hand
 * it over only on a paste.
 */
export function explainPermission(place: HTMLElement): void {
  const text = element("p", { class: "hint", id: "clipboard-permission" });
  const button = element("button", { type: "button", hidden: "" }, t("Allow access to the clipboard"));
  place.append(text, button);
  button.addEventListener("click", () => {
    // The browser asks; its answer arrives as a change of the permission.
    navigator.clipboard.read().catch(() => {});
  });
  const explain = (state: PermissionState | "unknown") => {
    const words = texts[state];
    write(text, words === "" ? undefined : t(words));
    button.hidden = state !== "prompt";
  };
  void watchPermission(explain);
}

const texts: Readonly<Record<PermissionState | "unknown", Text | "">> = {
  granted: "",
  prompt:
    "The browser asks once whether this page may read your clipboard. After that, the clipboards sync automatically.",
  denied:
    "The browser blocks clipboard access for this page. Allow it by the icon in the address bar. Ctrl+V still works.",
  unknown:
    "This browser shares your clipboard only when you paste: press Ctrl+V on the desktop, or paste above.",
};

async function watchPermission(tell: (state: PermissionState | "unknown") => void): Promise<void> {
  try {
    const status = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
    tell(status.state);
    status.addEventListener("change", () => tell(status.state));
  } catch {
    tell("unknown");
  }
}
