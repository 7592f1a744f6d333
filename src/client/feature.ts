import type { RichSide } from "./clipboard/synchronise.ts";
import type { ConnectionState } from "./connection-state.ts";
import { byId, element } from "./dom.ts";
import type { PointerSide } from "./pointer-lock.ts";
import type { Store } from "./settings.ts";
import { type Text, t, type Words } from "./translate.ts";

/** A part of the client that needs a side service of the server: its folder here, its line in features.ts. */
export interface Feature {
  /** Name of the side service; where the server leaves it out, nothing of the feature is seen. */
  readonly service: string;
  /** Called once, as soon as the server has told that it has the service for this visitor. */
  setUp(surroundings: Surroundings): void;
}

/** What a feature gets of the rest of the client. */
export interface Surroundings {
  /** What the service tells about itself, such as limits. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Adds a section to the side panel, open at first; gives the element to fill. */
  section(title: Text): HTMLElement;
  /** The address of a WebSocket beside the page. */
  socketAddress(path: string): string;
  /** The address of something else beside the page. */
  address(path: string): string;
  /** What this page calls itself to the server. */
  readonly pageId: string;
  /** Adds a figure to the statistics, read once a second while they are looked at. */
  addFigure(name: Words, read: () => Words | undefined): void;
  readonly clipboard: RichSide;
  readonly pointer: PointerSide;
  /** Where the feature keeps what the visitor chose. */
  readonly store: Store;
  /** Calls back with the connection's present state, and with each that follows. */
  onState(listener: (state: ConnectionState) => void): void;
  readonly focusDesktop: () => void;
}

/** What `startFeatures` needs of the rest of the client. */
export interface FeatureOptions {
  readonly page: URL;
  openStore(name: string): Store;
  readonly focusDesktop: () => void;
  readonly pageId: string;
  readonly addFigure: Surroundings["addFigure"];
  readonly clipboard: RichSide;
  readonly pointer: PointerSide;
}

/**
 * Asks the server which services it has whenever the desktop is connected, and sets up the features that are not yet.
 * Gives what is to be told each state of the connection.
 */
export function startFeatures(features: readonly Feature[], options: FeatureOptions) {
  const waiting = new Map(features.map((feature) => [feature.service, feature]));
  const listeners: ((state: ConnectionState) => void)[] = [];
  let present: ConnectionState;
  const setUp = (feature: Feature, facts: Surroundings["facts"]) => {
    waiting.delete(feature.service);
    feature.setUp({
      facts,
      section: addSection,
      socketAddress: (path) => socketBeside(options.page, path),
      address: (path) => new URL(`./${path}`, options.page).href,
      pageId: options.pageId,
      addFigure: options.addFigure,
      clipboard: options.clipboard,
      pointer: options.pointer,
      store: options.openStore(feature.service),
      onState(listener) {
        listeners.push(listener);
        listener(present);
      },
      focusDesktop: options.focusDesktop,
    });
  };
  const look = async () => {
    const services = await askServices(options.page);
    for (const feature of [...waiting.values()]) {
      const facts = services[feature.service];
      if (facts !== undefined) setUp(feature, facts);
    }
  };
  return (state: ConnectionState) => {
    present = state;
    for (const listener of listeners) listener(state);
    if (state.phase === "connected" && waiting.size > 0) void look();
  };
}

/** The address of a WebSocket beside a page, below whatever path prefix that is. */
export function socketBeside(page: URL, path: string): string {
  const address = new URL(`./${path}`, page);
  address.protocol = page.protocol === "http:" ? "ws:" : "wss:";
  address.search = address.hash = "";
  return address.href;
}

type Services = Readonly<Record<string, Surroundings["facts"] | undefined>>;

/** Without an answer there are no services until the next connection. */
async function askServices(page: URL): Promise<Services> {
  try {
    const answer = await fetch(new URL("./api/services", page), { cache: "no-store" });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

function addSection(title: Text): HTMLElement {
  const chevron = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#i-chevron");
  chevron.setAttribute("aria-hidden", "true");
  chevron.append(use);
  const body = element("div", { class: "section" });
  byId("features", HTMLDivElement).append(
    element("details", { open: "" }, element("summary", {}, t(title), chevron), body),
  );
  return body;
}
