import type { ConnectionState, Reason } from "./connection-state.ts";
import { byId, write } from "./dom.ts";
import { type Text, t, verbatim, type Words } from "./translate.ts";

const reasons: Readonly<Record<Reason, Text>> = {
  network: "The server does not answer. The network may be down, or the workspace stopped.",
  desktop: "The server answers, but the desktop is not ready yet.",
  restart: "The desktop is restarting.",
  throttled: "Too many failed sign-ins: the server refuses new ones for a while.",
  closed: "The connection was closed.",
  session: "Your sign-in is no longer valid. Reload the page to sign in again.",
  security: "The desktop refused the connection.",
  dismissed: "The owner of the desktop ended your connection.",
  idle: "Your session ended, because nobody used the desktop for a while. Reload the page to sign in again.",
  longest: "Your session ended, because it reached its longest time. Reload the page to sign in again.",
  user: "You disconnected from the desktop.",
  origin:
    "The workspace takes this page for another site's: the proxy in front of it changes the host name, or serves it by plain HTTP.",
  upgrade: "The proxy in front of the workspace takes the Upgrade header from WebSockets.",
  cookie: "The workspace did not get your sign-in cookie: the browser or a proxy holds it back.",
  blocked: "The workspace answers, but WebSockets do not reach it: a proxy or a filter stops them.",
  unreached: "A proxy answers, but does not reach the workspace, which may be starting or stopped.",
  proxy: "The proxy in front of the workspace no longer lets you in. Reload the page to sign in again.",
  foreign: "A proxy answers in place of the workspace.",
};

/** The text of the status card for a state at time `now`. */
export interface StatusText {
  readonly title: Words;
  readonly detail: Words;
  /** The card's button, or null for none. */
  readonly action: "Reconnect" | "Try now" | "Reload page" | null;
}

/** The words for a state; the detail counts down to the next attempt. */
export function renderStatus(state: ConnectionState, now: number): StatusText {
  const reason = state.reason === null ? verbatim("") : t(reasons[state.reason]);
  switch (state.phase) {
    case "connected":
      return { title: t("Connected"), detail: verbatim(""), action: null };
    case "connecting":
      return { title: t("Connecting"), detail: t("Opening the desktop…"), action: null };
    case "reconnecting":
      return {
        title: t("Reconnecting"),
        detail: verbatim(
          `${reason} ${state.retryAt === null ? t("Trying now…") : countdown(state.retryAt - now)}`,
        ),
        action: state.retryAt === null ? null : "Try now",
      };
    case "disconnected":
      return {
        title: t(needsSignIn(state) ? "Signed out" : "Disconnected"),
        detail: reason,
        action: needsSignIn(state) ? "Reload page" : "Reconnect",
      };
  }
}

function needsSignIn({ reason }: ConnectionState): boolean {
  return reason !== null && ["session", "proxy", "idle", "longest"].includes(reason);
}

/** The status card over the desktop, the panel's status line, the live region and `data-state` on <html>. */
export function setUpStatus(connect: () => void) {
  const card = byId("status-card", HTMLDivElement);
  const title = byId("status-title", HTMLHeadingElement);
  const detail = byId("status-detail", HTMLParagraphElement);
  const action = byId("status-action", HTMLButtonElement);
  let ticking: ReturnType<typeof setInterval> | undefined;
  let offered: StatusText["action"] = null;
  action.addEventListener("click", () => {
    if (offered === "Reload page") location.reload();
    else connect();
  });
  const paint = (state: ConnectionState) => {
    const text = renderStatus(state, Date.now());
    write(title, text.title);
    write(detail, text.detail);
    action.hidden = text.action === null;
    offered = text.action;
    write(action, text.action === null ? undefined : t(text.action));
  };
  return (state: ConnectionState) => {
    clearInterval(ticking);
    document.documentElement.dataset.state = state.phase;
    card.hidden = state.phase === "connected";
    write(byId("panel-status", HTMLSpanElement), renderStatus(state, Date.now()).title);
    paint(state);
    announce(state);
    if (state.retryAt !== null) ticking = setInterval(() => paint(state), 250);
    // Nothing else can be done in this state, so the button gets the focus.
    if (state.phase === "disconnected") action.focus();
  };
}

/** Announces changes of phase, not every second of the countdown. */
function announce(state: ConnectionState): void {
  const region = byId("announcer", HTMLParagraphElement);
  const { title } = renderStatus(state, Date.now());
  const reason = state.reason === null ? "" : ` ${t(reasons[state.reason])}`;
  const isNews = region.dataset.phase !== state.phase;
  region.dataset.phase = state.phase;
  if (isNews) write(region, verbatim(`${title}.${reason}`));
}

function countdown(milliseconds: number): Words {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return t("Trying again in {seconds}\u00a0s.", { seconds });
}
