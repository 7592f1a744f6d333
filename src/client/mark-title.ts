/** What the tab's title begins with while it records, in this order. */
const marks = { microphone: "🎤 ", camera: "📷 " } as const;
type Recorder = keyof typeof marks;

const active = new Set<Recorder>();
let observer: MutationObserver | undefined;

/** Marks the page's title, also when it changes, so that the tab shows that it records while hidden. */
export function markTitle(recorder: Recorder, isRecording: boolean): void {
  if (isRecording) active.add(recorder);
  else active.delete(recorder);
  if (observer === undefined) {
    observer = new MutationObserver(apply);
    observer.observe(document.head, { subtree: true, childList: true, characterData: true });
  }
  apply();
}

function apply(): void {
  const title = document.title.replace(/^(?:(?:🎤|📷) )+/u, "");
  const recorders = Object.keys(marks) as Recorder[];
  const wanted = recorders.map((name) => (active.has(name) ? marks[name] : "")).join("") + title;
  // Browsers trim titles. A correct title is left alone, or this function would trigger itself.
  if (document.title !== wanted) document.title = wanted;
}
