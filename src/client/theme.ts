import { all, byId } from "./dom.ts";
import { type SettingsStore, type Theme, themes } from "./settings.ts";

/** When the dark colours count. */
const darkWhen: Readonly<Record<Theme, string>> = {
  system: "(prefers-color-scheme: dark)",
  light: "not all",
  dark: "all",
};

/** Makes the client light or dark as it was chosen, and wires the choice in the panel. */
export function setUpTheme(settings: SettingsStore): void {
  const apply = () => {
    const { theme } = settings.current;
    byId("dark-scheme", HTMLLinkElement).media = darkWhen[theme];
    // What the browser itself paints, such as scroll bars and lists of choices.
    document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
  };
  for (const radio of all(document, "input[name=theme]", HTMLInputElement)) {
    radio.checked = radio.value === settings.current.theme;
    radio.addEventListener("change", () => {
      settings.change({ theme: themes.find((theme) => theme === radio.value) ?? "system" });
      apply();
    });
  }
  apply();
}
