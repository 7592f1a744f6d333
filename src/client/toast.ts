import { element, write } from "./dom.ts";
import type { Words } from "./translate.ts";

/** Milliseconds for which a notice that needs no action stays visible. */
const BRIEF = 6_000;

/** A notice at the page's corner while the panel is closed; a click hides it. */
export interface Toast {
  /** Shows a text above `contents`, for a while or until it is clicked. */
  show(words: Words, isBrief: boolean): void;
  hide(): void;
}

/** Adds a notice to the corner that all share. */
export function createToast(name: string, ...contents: readonly Node[]): Toast {
  const text = element("p");
  const toast = element("div", { class: `toast ${name}`, role: "status" }, text, ...contents);
  toast.hidden = true;
  corner().append(toast);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(timer);
    toast.hidden = true;
  };
  toast.addEventListener("click", hide);
  return {
    show(words, isBrief) {
      clearTimeout(timer);
      write(text, words);
      toast.hidden = false;
      if (isBrief) timer = setTimeout(hide, BRIEF);
    },
    hide,
  };
}

function corner(): Element {
  const present = document.querySelector(".toasts");
  if (present !== null) return present;
  const made = element("div", { class: "toasts" });
  document.body.append(made);
  return made;
}
