import { all, byId } from "./dom.ts";
import { type SettingsStore, type Theme, themes } from "./settings.ts";

/** The media query under which the dark colours apply. */
const darkWhen: Readonly<Record<Theme, string>> = {
  system: "(prefers-color-scheme: dark)",
  light: "not all",
  dark: "all",
};

/**
 * Applies the chosen theme, and wires the choice in the panel. Returns whether the page is dark; `onChange` is called when
 * that may have changed.
 */
export function setUpTheme(settings: SettingsStore, onChange: () => void): () => boolean {
  const apply = () => {
    const { theme } = settings.current;
    byId("dark-scheme", HTMLLinkElement).media = darkWhen[theme];
    // For the parts that the browser itself draws, such as scroll bars and drop-down lists.
    document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
  };
  for (const radio of all(document, "input[name=theme]", HTMLInputElement)) {
    radio.checked = radio.value === settings.current.theme;
    radio.addEventListener("change", () => {
      settings.change({ theme: themes.find((theme) => theme === radio.value) ?? "system" });
      apply();
      onChange();
    });
  }
  apply();
  matchMedia(darkWhen.system).addEventListener("change", onChange);
  return () => matchMedia(darkWhen[settings.current.theme]).matches;
}
