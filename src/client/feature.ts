import { isOwn } from "./answer.ts";
import type { BrowserClipboard } from "./clipboard/synchronise.ts";
import type { ConnectionState } from "./connection-state.ts";
import { byId, element } from "./dom.ts";
import { fetchAgain } from "./fetch-again.ts";
import type { PointerLock } from "./pointer-lock.ts";
import type { Session } from "./session.ts";
import type { Settings, Store } from "./settings.ts";
import type { AddFigure } from "./statistics.ts";
import { type Text, t } from "./translate.ts";

/** A part of the client that needs a side service of the server: a folder here and a line in features.ts. */
export interface Feature {
  /** Name of the side service. Where the server lacks it, nothing of the feature is shown. */
  readonly service: string;
  /** Called once, when the server has said that it offers the service to this visitor. */
  setUp(context: FeatureContext): void;
}

/** The sections of the panel that take groups: they are in index.html. */
export type Section = "files" | "sound" | "keys" | "people" | "more";

/** What the rest of the client offers to a feature. */
export interface FeatureContext {
  /** What the service says about itself, such as limits. */
  readonly facts: Readonly<Record<string, unknown>>;
  /**
   * Adds a group to a section of the panel and returns it; each element put into it is a row, which the search finds by
   * its words. Who only watches does not see it if it `isForInput`. @default false
   */
  group(section: Section, title?: Text, isForInput?: boolean): HTMLElement;
  /** The address of a WebSocket beside the page. */
  socketAddress(path: string): string;
  /** The address of something else beside the page. */
  address(path: string): string;
  /** Identifies this page to the server. */
  readonly pageId: string;
  /** Adds a figure to the statistics, read once a second while they are visible. */
  readonly addFigure: AddFigure;
  /** The session of the desktop while it is connected. */
  session(): Session | null;
  readonly clipboard: BrowserClipboard;
  readonly pointer: PointerLock;
  /** Keeps the visitor's choices for this feature. */
  readonly store: Store;
  /** Calls back with the current state of the connection and with each later one. */
  onState(listener: (state: ConnectionState) => void): void;
  /** Calls back with the current settings and with each later ones. */
  onSettings(listener: (settings: Settings) => void): void;
  readonly focusDesktop: () => void;
}

/** What `startFeatures` needs of the rest of the client. */
export interface FeatureOptions {
  readonly page: URL;
  openStore(name: string): Store;
  readonly focusDesktop: () => void;
  readonly pageId: string;
  readonly addFigure: AddFigure;
  session(): Session | null;
  readonly settings: { readonly current: Settings };
  readonly clipboard: BrowserClipboard;
  readonly pointer: PointerLock;
  /** Called with each answer of the server that names the visitor's role: `owner`, `participant` or `viewer`. */
  onRole(role: string): void;
  /** Called at each connection: with the status of a proxy's answer in place of the server's, or undefined. */
  onForeign(status: number | undefined): void;
}

/**
 * Asks the server for its services and the visitor's role whenever the desktop connects, and sets up the missing
 * features. Returns the functions that take each state of the connection and each change of the settings.
 */
export function startFeatures(features: readonly Feature[], options: FeatureOptions) {
  const waiting = new Map(features.map((feature) => [feature.service, feature]));
  const listeners: ((state: ConnectionState) => void)[] = [];
  const followers: ((settings: Settings) => void)[] = [];
  let present: ConnectionState;
  const setUp = (feature: Feature, facts: FeatureContext["facts"]) => {
    waiting.delete(feature.service);
    feature.setUp({
      facts,
      group: addGroup,
      socketAddress: (path) => socketBeside(options.page, path),
      address: (path) => new URL(`./${path}`, options.page).href,
      pageId: options.pageId,
      addFigure: options.addFigure,
      session: options.session,
      clipboard: options.clipboard,
      pointer: options.pointer,
      store: options.openStore(feature.service),
      onState(listener) {
        listeners.push(listener);
        listener(present);
      },
      onSettings(listener) {
        followers.push(listener);
        listener(options.settings.current);
      },
      focusDesktop: options.focusDesktop,
    });
  };
  const look = async () => {
    const { services, role, foreign } = await askServices(options.page);
    options.onForeign(foreign);
    if (role !== null) options.onRole(role);
    for (const feature of [...waiting.values()]) {
      const facts = services[feature.service];
      if (facts !== undefined) setUp(feature, facts);
    }
  };
  return {
    noteState(state: ConnectionState): void {
      present = state;
      for (const listener of listeners) listener(state);
      if (state.phase === "connected") void look();
    },
    noteSettings(): void {
      for (const listener of followers) listener(options.settings.current);
    },
  };
}

/** The address of a WebSocket beside a page, below any path prefix. */
export function socketBeside(page: URL, path: string): string {
  const address = new URL(`./${path}`, page);
  address.protocol = page.protocol === "http:" ? "ws:" : "wss:";
  address.search = address.hash = "";
  return address.href;
}

type Services = Readonly<Record<string, FeatureContext["facts"] | undefined>>;

interface Offer {
  readonly services: Services;
  readonly role: string | null;
  /** The status of a proxy that answered in place of the server. */
  readonly foreign?: number;
}

/** Without an answer there are no services and no role until the next connection. */
async function askServices(page: URL): Promise<Offer> {
  try {
    const answer = await fetchAgain(new URL("./api/services", page), { cache: "no-store" });
    if (!isOwn(answer)) return { services: {}, role: null, foreign: answer.status };
    if (answer.ok) return { services: await answer.json(), role: answer.headers.get("kasmix-role") };
  } catch {
    // The next connection asks again.
  }
  return { services: {}, role: null };
}

function addGroup(section: Section, title?: Text, isForInput = false): HTMLElement {
  const heading = title === undefined ? [] : [element("h2", {}, t(title))];
  const group = element("div", { class: isForInput ? "group for-input" : "group" }, ...heading);
  byId(`groups-${section}`, HTMLDivElement).append(group);
  return group;
}
