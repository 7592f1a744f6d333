import { element, write } from "./dom.ts";
import { type Text, t } from "./translate.ts";

/** What the browser says about a permission; it may not know it. */
export type Answer = PermissionState | "unknown";

/** Tells the state of a permission, now and at each change. */
export async function watchPermission(name: string, tell: (answer: Answer) => void): Promise<void> {
  try {
    const status = await navigator.permissions.query({ name: name as PermissionName });
    tell(status.state);
    status.addEventListener("change", () => tell(status.state));
  } catch {
    tell("unknown");
  }
}

/** A line that says what the browser is going to ask, as long as it is. */
export function announceQuestion(permission: string, text: Text): HTMLElement {
  const line = element("p", { class: "hint" });
  void watchPermission(permission, (answer) =>
    write(line, answer === "prompt" || answer === "unknown" ? t(text) : undefined),
  );
  return line;
}
