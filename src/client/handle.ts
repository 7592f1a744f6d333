import type { Store } from "./settings.ts";

/** Where the handle is: at which edge of the window, and how far down, from 0 to 1. */
interface Place {
  readonly edge: "left" | "right";
  readonly at: number;
}

/** Pixels that a click may wander before it moves the handle. */
const WANDER = 6;

/**
 * Lets the visitor drag the handle along the left and the right edge of the window, or move it with the arrow keys.
 * `store` remembers the place; the panel opens at the same edge.
 */
export function setUpHandle(handle: HTMLElement, store: Store): void {
  let place = parsePlace(store.read());
  const show = (next: Place) => {
    place = { edge: next.edge, at: Math.min(1, Math.max(0, next.at)) };
    document.documentElement.dataset.edge = place.edge;
    document.documentElement.style.setProperty("--handle-at", String(place.at));
  };
  let start: PointerEvent | undefined;
  let isDragged = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    start = event;
    isDragged = false;
  });
  handle.addEventListener("pointermove", (event) => {
    if (start === undefined) return;
    isDragged ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > WANDER;
    if (isDragged) show(placeOf(event));
  });
  const end = () => {
    start = undefined;
    if (isDragged) store.write(place);
  };
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
  // The click that ends a drag opens nothing.
  handle.addEventListener("click", (event) => isDragged && event.stopImmediatePropagation(), true);
  handle.addEventListener("keydown", (event) => {
    isDragged = false;
    const next = moved(place, event.key);
    if (next === undefined) return;
    event.preventDefault();
    show(next);
    store.write(place);
  });
  show(place);
}

function parsePlace(stored: unknown): Place {
  const { edge, at } = (stored ?? {}) as Partial<Record<keyof Place, unknown>>;
  return { edge: edge === "right" ? "right" : "left", at: typeof at === "number" ? at : 0.5 };
}

function placeOf({ clientX, clientY }: PointerEvent): Place {
  return { edge: clientX < innerWidth / 2 ? "left" : "right", at: clientY / innerHeight };
}

function moved(place: Place, key: string): Place | undefined {
  if (key === "ArrowLeft") return { ...place, edge: "left" };
  if (key === "ArrowRight") return { ...place, edge: "right" };
  const step = key === "ArrowUp" ? -0.05 : key === "ArrowDown" ? 0.05 : undefined;
  return step === undefined ? undefined : { ...place, at: place.at + step };
}
