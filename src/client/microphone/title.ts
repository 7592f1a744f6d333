const MARK = "🎤 ";
let isMarked = false;
let observer: MutationObserver | undefined;

/** Marks the page's title, whatever it is and becomes: the tab shows that it records even when it is not seen. */
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
  // Browsers strip white space around titles; what is as it should be is left alone, or this would call itself.
  if (document.title !== wanted) document.title = wanted;
}
