import { byId } from "./dom.ts";

/** Chromium's offer to install the page, which TypeScript's DOM library leaves out. */
interface InstallOffer extends Event {
  readonly prompt: () => Promise<unknown>;
}

/** Shows the button that installs the page as an app while the browser offers that. The browser asks only after a click. */
export function setUpInstall(): void {
  const group = byId("app", HTMLDivElement);
  let offer: InstallOffer | undefined;
  const take = (next?: InstallOffer) => {
    offer = next;
    group.hidden = next === undefined;
  };
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    take(event as InstallOffer);
  });
  window.addEventListener("appinstalled", () => take());
  byId("install", HTMLButtonElement).addEventListener("click", () => {
    void offer?.prompt();
    // An offer is good for one question.
    take();
  });
}
