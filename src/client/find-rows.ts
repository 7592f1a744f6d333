import { all, byId } from "./dom.ts";

/**
 * Shows only those rows of the panel that have these words, with the groups and sections around them; without words
 * everything. The name of a group or section counts for all its rows. Returns whether there are rows.
 */
export function findRows(sections: readonly HTMLElement[], words: string): boolean {
  const wanted = plain(words);
  if (wanted === "") {
    for (const place of document.querySelectorAll("[data-missed]")) keep(place, true);
    return true;
  }
  const matches = (place: Element | null) => place !== null && plain(wordsIn(place)).includes(wanted);
  /** Shows the parts of a place that count, and the place if there are any. */
  const show = (place: Element, parts: Iterable<Element>, isFound: (part: Element) => boolean) => {
    keep(place, true);
    return keep(place, [...parts].filter(isFound).length > 0);
  };
  const isRow = (isAll: boolean) => (row: Element) => {
    keep(row, true);
    return row.checkVisibility() && keep(row, isAll || matches(row));
  };
  const isGroup = (isAll: boolean) => (group: Element) => {
    const heading = group.querySelector(":scope > h2");
    return show(group, group.querySelectorAll(":scope > :not(h2)"), isRow(isAll || matches(heading)));
  };
  const tiles = byId("tiles", HTMLDivElement);
  const areTiles = show(tiles, tiles.children, isRow(false));
  const found = sections.filter((section) =>
    show(section, all(section, ".group", HTMLElement), isGroup(matches(section.querySelector("summary")))),
  );
  return areTiles || found.length > 0;
}

function keep(place: Element, isKept: boolean): boolean {
  place.toggleAttribute("data-missed", !isKept);
  return isKept;
}

/** Everything that is read or heard in a part of the page. */
function wordsIn(place: Element): string {
  const labels = [place, ...place.querySelectorAll("[aria-label]")].map((one) =>
    one.getAttribute("aria-label"),
  );
  return [place.textContent, ...labels].join(" ");
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
}
