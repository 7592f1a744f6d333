import { element, write } from "../dom.ts";
import { type Text, t } from "../translate.ts";

/**
 * Says what the browser needs before it lets this page see the clipboard: Chromium asks once, and others give it away
 * only with a paste.
 */
export function explainPermission(place: HTMLElement): void {
  const text = element("p", { class: "hint", id: "clipboard-permission" });
  const button = element("button", { type: "button", hidden: "" }, t("Allow access to the clipboard"));
  place.append(text, button);
  button.addEventListener("click", () => {
    // The question is the browser's; its answer comes as a change of the permission.
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
    "The browser asks once whether this page may see your clipboard. Then both stay in step by themselves.",
  denied:
    "The browser keeps your clipboard from this page; the icon beside the address changes that. Ctrl+V works all the same.",
  unknown:
    "This browser gives your clipboard away only when you paste: press Ctrl+V on the desktop, or paste above.",
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
