const MARK = "🎤 ";
let isMarked = false;
let observer: MutationObserver | undefined;

/** Marks the page's title, also when it changes, so that the tab shows that it records while hidden. */
export function markTitle(marked: boolean): void {
  isMarked = marked;
  if (observer === undefined) {
    observer = new MutationObserver(apply);
    observer.observe(document.head, { subtree: true, childList: true, characterData: true });
  }
  apply();
}

function apply(): void {
  const title = document.title.startsWith(MARK) ? document.title.slice(MARK.length) : document.title;
  const wanted = isMarked ? MARK + title : title;
  // Browsers trim titles. A correct title is left alone, or this function would trigger itself.
  if (document.title !== wanted) document.title = wanted;
}
