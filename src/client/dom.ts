import type { Words } from "./translate.ts";

/** The element of the page with this id. The page and the script are one unit, so a missing element is a bug. */
export function byId<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return found;
}

/** All elements of this type under `root` that match, for wiring groups of buttons and fields. */
export function all<T extends Element>(root: ParentNode, selector: string, type: new () => T): T[] {
  return [...root.querySelectorAll(selector)].filter((found): found is T => found instanceof type);
}

/** Sets a toggle button's state, also for assistive technology. */
export function setPressed(button: HTMLButtonElement, pressed: boolean): void {
  button.setAttribute("aria-pressed", String(pressed));
}

/** Whether a toggle button is pressed. */
export function isPressed(button: HTMLButtonElement): boolean {
  return button.getAttribute("aria-pressed") === "true";
}

/** Attributes of an element. Those that people read or hear are words. */
export type Attributes = Readonly<Record<string, string>> & {
  readonly "aria-label"?: Words;
  readonly title?: Words;
  readonly alt?: Words;
  readonly placeholder?: Words;
};

/** A new element with these attributes and contents. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...contents: readonly (Node | Words)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...contents);
  return made;
}

/** Replaces an element's text; without words it becomes empty. */
export function write(target: Element, words?: Words): void {
  target.textContent = words ?? "";
}
