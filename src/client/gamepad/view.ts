import { element, write } from "../dom.ts";
import { t, verbatim, type Words } from "../translate.ts";

/** A gamepad as the panel shows it. */
export interface Shown {
  readonly name: string;
  /** Its slot on the desktop; null when all are taken, undefined until it is known. */
  readonly seat: number | null | undefined;
  /** Whether the browser knows its layout. */
  readonly isStandard: boolean;
}

/** The part of the panel: a switch and the list of gamepads. */
export function createView(group: HTMLElement, isOn: boolean, onSwitch: (isOn: boolean) => void) {
  const box = element("input", { type: "checkbox", id: "gamepad-switch" });
  const list = element("ul", { class: "gamepads", "aria-label": t("Gamepads") });
  const note = element("p", { class: "hint", role: "status" });
  box.checked = isOn;
  box.addEventListener("change", () => onSwitch(box.checked));
  group.append(
    element("label", { class: "switch" }, element("span", {}, t("Use gamepads")), box),
    list,
    note,
  );
  const items = new Map<number, HTMLLIElement>();
  return {
    show(pads: ReadonlyMap<number, Shown>): void {
      items.clear();
      for (const [pad, shown] of pads) items.set(pad, renderPad(shown));
      list.replaceChildren(...items.values());
      write(note, noteOn(box.checked, pads));
    },
    /** Lights the lamp of a gamepad in use. */
    light: (pad: number, isTouched: boolean) => items.get(pad)?.toggleAttribute("data-touched", isTouched),
  };
}

function renderPad({ name, seat, isStandard }: Shown): HTMLLIElement {
  const words = [
    ...(seat === undefined
      ? []
      : [seat === null ? t("no free slot") : t("player {number}", { number: seat + 1 })]),
    ...(isStandard ? [] : [t("unknown layout: buttons may be swapped")]),
  ];
  return element(
    "li",
    {},
    element("strong", {}, verbatim(name)),
    element("span", { class: "hint" }, verbatim(words.join(", "))),
  );
}

function noteOn(isOn: boolean, pads: ReadonlyMap<number, Shown>): Words | undefined {
  if (!isOn) return t("Programs on the desktop see no gamepad.");
  if (pads.size === 0) return t("Connect a gamepad and press one of its buttons.");
  const isFull = [...pads.values()].some(({ seat }) => seat === null);
  return isFull ? t("Other pages use the desktop's other gamepads.") : undefined;
}

/** The readable part of the browser's name: `Xbox 360 Controller`. Browsers add ids, each in its own way. */
export function nameOf(id: string): string {
  const words = id
    .replace(/\s*\((?:[^()]*(?:vendor|standard gamepad)[^()]*)\)\s*$/i, "")
    .replace(/^[\da-f]{4}-[\da-f]{4}-/i, "");
  return words.trim() || t("Gamepad");
}
