import { all, byId, write } from "./dom.ts";
import { findRows } from "./find-rows.ts";
import type { Store } from "./settings.ts";
import { t } from "./translate.ts";

/**
 * The sections of the panel: the browser keeps at most one open, which `store` remembers. Returns the field that shows
 * only the rows with its words.
 */
export function setUpSections(store: Store) {
  const sections = all(byId("sections", HTMLDivElement), "details", HTMLDetailsElement);
  const field = byId("search", HTMLInputElement);
  let opened = store.read();
  const look = () => {
    const isSearching = field.value.trim() !== "";
    for (const section of sections) {
      // Sections of one name close each other.
      section.name = isSearching ? "" : "section";
      section.open = isSearching || section.id === opened;
    }
    const isFound = findRows(sections, field.value);
    write(byId("search-note", HTMLParagraphElement), isFound ? undefined : t("Nothing was found."));
  };
  for (const section of sections) {
    section.addEventListener("toggle", () => {
      if (field.value !== "" || section.open === (section.id === opened)) return;
      opened = section.open ? section.id : null;
      store.write(opened);
      if (section.open) showWhole(section);
    });
  }
  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) focusFirst(sections);
  });
  look();
  return {
    get isSearching() {
      return field.value !== "";
    },
    /** Ends the search. */
    clear() {
      field.value = "";
      look();
    },
  };
}

/** Scrolls to as much of a section as fits, from its name on. */
function showWhole(section: Element): void {
  for (const part of [section, section.querySelector("summary")]) part?.scrollIntoView({ block: "nearest" });
}

/** Moves the focus to the first control that is seen. */
function focusFirst(sections: readonly HTMLElement[]): void {
  const controls = [byId("tiles", HTMLDivElement), ...sections].flatMap((place) =>
    all(place, ":is(button, input, select, textarea, a[href]):not(:disabled)", HTMLElement),
  );
  controls.find((control) => control.checkVisibility())?.focus();
}
