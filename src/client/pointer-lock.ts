import { setPressed } from "./dom.ts";
import { createSteps, xButton } from "./wheel-steps.ts";

/** A channel for relative motion, which RFB lacks: it only knows positions. */
export interface RelativeChannel {
  readonly isOpen: boolean;
  /** In pixels. */
  move(dx: number, dy: number): void;
  /** `button` uses X's numbers, from 1. */
  button(button: number, down: boolean): void;
  close(): void;
}

/** Connects the lock with such a channel, which exists only where the server offers it. */
export interface PointerLock {
  /** Registers the function that opens a channel each time the mouse is locked. */
  join(open: () => RelativeChannel): void;
}

/**
 * Wires the button that locks the mouse to the desktop until Escape. Motion uses its own channel where the server
 * has one; otherwise it is added up to a position and stops at the desktop's edge.
 */
export function setUpPointerLock(
  button: HTMLButtonElement,
  desktop: HTMLElement,
  focusDesktop: () => void,
): PointerLock {
  const canvas = () => desktop.querySelector<HTMLCanvasElement>("canvas:not([aria-hidden])");
  let open: (() => RelativeChannel) | undefined;
  let handle: Handler = () => false;
  let end = () => {};
  button.hidden = !("requestPointerLock" in desktop) || !matchMedia("(any-pointer: fine)").matches;
  button.addEventListener("click", async () => {
    if (document.pointerLockElement !== null) return document.exitPointerLock();
    const target = canvas();
    if (target === null) return;
    focusDesktop();
    await lock(target, open !== undefined);
  });
  document.addEventListener("pointerlockchange", () => {
    const target = document.pointerLockElement === null ? null : canvas();
    setPressed(button, target !== null);
    end();
    end = () => {};
    if (target === null) return;
    const channel = open?.();
    end = () => channel?.close();
    handle = firstOf([...(channel ? [sendTo(channel, target)] : []), sendPositions(target)]);
  });
  redirectMouse(canvas, (event) => handle(event));
  return {
    join(opener) {
      open = opener;
    },
  };
}

/** Handles an event of the locked mouse; false when it cannot. */
type Handler = (event: MouseEvent) => boolean;

function firstOf(handlers: readonly Handler[]): Handler {
  return (event) => handlers.some((handle) => handle(event));
}

/** Events created here for noVNC. */
const own = new WeakSet<Event>();

/** Takes the mouse's events away from noVNC while the mouse is locked to the desktop. */
function redirectMouse(canvas: () => HTMLElement | null, take: (event: MouseEvent) => void): void {
  const redirect = (event: MouseEvent) => {
    const target = canvas();
    if (target === null || document.pointerLockElement !== target || own.has(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    take(event);
  };
  // Before noVNC, which also listens on the window while a button is held.
  for (const type of ["mousedown", "mouseup", "mousemove", "wheel"] as const)
    window.addEventListener(type, redirect, { capture: true, passive: false });
}

/** Games want raw motion, without the system's acceleration, where the browser offers it. */
async function lock(target: HTMLElement, isRaw: boolean): Promise<void> {
  try {
    await target.requestPointerLock({ unadjustedMovement: isRaw });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "NotSupportedError")) throw error;
    await target.requestPointerLock();
  }
}

/** Sends the mouse's events to a channel once it is open: as quick on a dense picture as on another. */
function sendTo(channel: RelativeChannel, target: HTMLCanvasElement): Handler {
  const steps = createSteps();
  return (event) => {
    if (!channel.isOpen) return false;
    // noVNC checks this itself.
    if (document.documentElement.hasAttribute("data-view-only")) return true;
    if (event instanceof WheelEvent) {
      for (const button of steps(event)) {
        channel.button(button, true);
        channel.button(button, false);
      }
    } else if (event.type === "mousemove") {
      const pixels = target.width / target.getBoundingClientRect().width;
      channel.move(pixels * event.movementX, pixels * event.movementY);
    } else channel.button(xButton(event.button), event.type === "mousedown");
    return true;
  };
}

/** Adds motion up to a position and sends noVNC events there. */
function sendPositions(target: Element): Handler {
  const place = centreOf(target);
  return (event) => {
    move(place, event, target.getBoundingClientRect());
    const copy = copyAt(event, place);
    own.add(copy);
    target.dispatchEvent(copy);
    return true;
  };
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
