import { setPressed } from "./dom.ts";

/**
 * Wires the button that gives the mouse to the desktop until Escape: it leaves the window no more, and its motion is
 * added up to a place on the desktop, since RFB knows only places. At the desktop's edge it stops.
 */
export function setUpPointerLock(
  button: HTMLButtonElement,
  desktop: HTMLElement,
  focusDesktop: () => void,
): void {
  const canvas = () => desktop.querySelector<HTMLCanvasElement>("canvas:not(#last-picture)");
  const place = { x: 0, y: 0 };
  const own = new WeakSet<Event>();
  button.hidden = !("requestPointerLock" in desktop) || !matchMedia("(any-pointer: fine)").matches;
  button.addEventListener("click", async () => {
    if (document.pointerLockElement !== null) return document.exitPointerLock();
    const target = canvas();
    if (target === null) return;
    ({ x: place.x, y: place.y } = centreOf(target));
    focusDesktop();
    await target.requestPointerLock();
  });
  document.addEventListener("pointerlockchange", () =>
    setPressed(button, document.pointerLockElement !== null),
  );
  const redirect = (event: MouseEvent) => {
    const target = canvas();
    if (target === null || document.pointerLockElement !== target || own.has(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    move(place, event, target.getBoundingClientRect());
    const copy = copyAt(event, place);
    own.add(copy);
    target.dispatchEvent(copy);
  };
  // Before noVNC, which also listens on the window while a button is held.
  for (const type of ["mousedown", "mouseup", "mousemove", "wheel"] as const)
    window.addEventListener(type, redirect, { capture: true, passive: false });
}

function centreOf(element: Element): { x: number; y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

function move(place: { x: number; y: number }, { movementX, movementY }: MouseEvent, bounds: DOMRect): void {
  place.x = Math.min(bounds.right - 1, Math.max(bounds.left, place.x + movementX));
  place.y = Math.min(bounds.bottom - 1, Math.max(bounds.top, place.y + movementY));
}

function copyAt(event: MouseEvent, { x, y }: { x: number; y: number }): MouseEvent {
  const { button, buttons, ctrlKey, shiftKey, altKey, metaKey } = event;
  const common = { button, buttons, ctrlKey, shiftKey, altKey, metaKey };
  const init = { ...common, clientX: x, clientY: y, bubbles: true, cancelable: true };
  if (!(event instanceof WheelEvent)) return new MouseEvent(event.type, init);
  const { deltaX, deltaY, deltaMode } = event;
  return new WheelEvent(event.type, { ...init, deltaX, deltaY, deltaMode });
}
