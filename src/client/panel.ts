import type RFB from "@novnc/novnc";
import { all, byId, isPressed, setPressed, write } from "./dom.ts";
import { combination, type KeyStroke, PanelChord } from "./keyboard.ts";
import { setUpSections } from "./sections.ts";
import {
  type PictureName,
  pictureName,
  resizeModes,
  type SettingsStore,
  type Store,
  zooms,
} from "./settings.ts";
import { type Text, t } from "./translate.ts";

/** What the panel needs of the rest of the client. */
export interface PanelOptions {
  readonly settings: SettingsStore;
  /** Remembers which section is open. */
  readonly store: Store;
  readonly session: () => RFB | null;
  readonly send: (strokes: readonly KeyStroke[]) => void;
  /** Called after a setting changed. */
  readonly onSettings: () => void;
  readonly focusDesktop: () => void;
}

/** The side panel and the handle that opens it. */
export function setUpPanel(options: PanelOptions) {
  const panel = byId("panel", HTMLElement);
  const handle = byId("handle", HTMLButtonElement);
  const sections = setUpSections(options.store);
  const setOpen = (open: boolean, moveFocus = true) => {
    panel.hidden = !open;
    handle.setAttribute("aria-expanded", String(open));
    document.documentElement.toggleAttribute("data-panel", open);
    if (!open) sections.clear();
    if (!moveFocus) return;
    if (open) byId(firstField(), HTMLElement).focus({ preventScroll: true });
    else options.focusDesktop();
  };
  const toggle = () => setOpen(handle.getAttribute("aria-expanded") === "false");
  handle.addEventListener("click", toggle);
  byId("panel-close", HTMLButtonElement).addEventListener("click", () => setOpen(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || panel.hidden) return;
    // A button that went away or was switched off has left the focus to the body.
    if (event.target !== document.body && !panel.contains(event.target as Node)) return;
    if (sections.isSearching) sections.clear();
    else setOpen(false);
  });
  openByChord(toggle);
  setUpKeys(panel, options);
  const showSize = setUpResize(options);
  setUpZoom(options);
  setUpSwitch("sharp", "sharp", options);
  setUpPicture(options);
  setUpSwitch("clipboard-sync", "clipboardSync", options);
  setUpKeyboardMode(options);
  return {
    /** Closes the panel without moving the focus. */
    close: () => setOpen(false, false),
    /** Shows the present choice of the size again. */
    showSize,
  };
}

/** With a keyboard the search has the focus; on a touch screen it would call up the system's keyboard. */
function firstField(): string {
  return matchMedia("(any-pointer: coarse)").matches ? "panel-close" : "search";
}

/** The panel must be reachable from a keyboard whose every key goes to the desktop. */
function openByChord(toggle: () => void): void {
  const chord = new PanelChord();
  window.addEventListener("keydown", (event) => chord.down(event), true);
  window.addEventListener(
    "keyup",
    (event) => {
      // After the desktop has received the release of the key, because the panel takes the focus.
      if (chord.up(event)) setTimeout(toggle);
    },
    true,
  );
}

function setUpKeys(panel: HTMLElement, { send }: PanelOptions): void {
  for (const button of all(panel, "[data-keys]", HTMLButtonElement)) {
    button.addEventListener("click", () => send(combination((button.dataset.keys ?? "").split(" "))));
  }
}

/** Returns a function that shows the present choice. */
function setUpResize({ settings, onSettings }: PanelOptions): () => void {
  const radios = all(document, "input[name=resize]", HTMLInputElement);
  const show = () => {
    const { resize } = settings.current;
    for (const radio of radios) radio.checked = radio.value === resize;
    byId("zoom", HTMLFieldSetElement).disabled = resize !== "remote";
  };
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      settings.change({ resize: resizeModes.find((mode) => mode === radio.value) ?? "remote" });
      onSettings();
    });
  }
  show();
  return show;
}

function setUpZoom({ settings, onSettings }: PanelOptions): void {
  for (const radio of all(document, "input[name=zoom]", HTMLInputElement)) {
    radio.checked = Number(radio.value) === settings.current.zoom;
    radio.addEventListener("change", () => {
      settings.change({ zoom: zooms.find((zoom) => zoom === Number(radio.value)) ?? 100 });
      onSettings();
    });
  }
}

function setUpPicture({ settings, onSettings }: PanelOptions): void {
  const radios = all(document, "input[name=picture]", HTMLInputElement);
  const show = () => {
    const { picture } = settings.current;
    for (const radio of radios) radio.checked = radio.value === picture;
    write(byId("picture-note", HTMLParagraphElement), t(pictureNotes[picture]));
  };
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      settings.change({ picture: pictureName(radio.value) ?? "automatic", levels: {} });
      show();
      onSettings();
    });
  }
  show();
}

const pictureNotes: Readonly<Record<PictureName, Text>> = {
  automatic: "Smooth while the picture moves, exact when it is still.",
  text: "Every letter exact, with fewer pictures per second.",
  video: "Always smooth; letters are a little soft.",
  save: "Coarse pictures, five per second at most.",
};

function setUpSwitch(
  id: string,
  name: "sharp" | "clipboardSync",
  { settings, onSettings }: PanelOptions,
): void {
  const box = byId(id, HTMLInputElement);
  box.checked = settings.current[name];
  box.addEventListener("change", () => {
    settings.change({ [name]: box.checked });
    onSettings();
  });
}

function setUpKeyboardMode({ settings, onSettings }: PanelOptions): void {
  const box = byId("keys-by-position", HTMLInputElement);
  box.checked = settings.current.keyboard === "positions";
  box.addEventListener("change", () => {
    settings.change({ keyboard: box.checked ? "positions" : "characters" });
    onSettings();
  });
}

/** Wires a toggle button; returns a function that sets it. */
export function setUpToggle(
  button: HTMLButtonElement,
  onChange: (pressed: boolean) => void,
): (pressed: boolean) => void {
  const set = (pressed: boolean) => {
    setPressed(button, pressed);
    onChange(pressed);
  };
  button.addEventListener("click", () => set(!isPressed(button)));
  return set;
}
