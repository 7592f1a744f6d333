/*! Kasmix client, Apache-2.0. Contains noVNC 1.7.0, Copyright (C) the noVNC authors, MPL-2.0, unmodified: its
 *  source is at https://github.com/novnc/noVNC. Contains pako, Copyright (C) 2014-2016 Vitaly Puzrin, MIT.
 *  See licenses.txt beside this file. */
import { webSocketAddress } from "./address.ts";
import { Clipboard } from "./clipboard/synchronise.ts";
import { Connection } from "./connection.ts";
import type { ConnectionState } from "./connection-state.ts";
import { createCover } from "./cover.ts";
import { setUpDesktopInput } from "./desktop-input.ts";
import { applyDisplay, dropLastPicture, fitOf, keepLastPicture } from "./display.ts";
import { byId, isPressed, write } from "./dom.ts";
import { startFeatures } from "./feature.ts";
import { features } from "./features.ts";
import { setUpFullScreen } from "./full-screen.ts";
import { setUpHandle } from "./handle.ts";
import { setUpInstall } from "./install.ts";
import { type KeyStroke, withModifiers } from "./keyboard.ts";
import { setUpPanel, setUpToggle } from "./panel.ts";
import { setUpPointerLock } from "./pointer-lock.ts";
import type { Session } from "./session.ts";
import { openSettings, openStore } from "./settings.ts";
import { setUpStatistics } from "./statistics.ts";
import { setUpStatus } from "./status.ts";
import { setUpTheme } from "./theme.ts";
import { setUpTouchKeyboard } from "./touch-keyboard.ts";
import { chooseLanguage, speak, t, verbatim } from "./translate.ts";
import { WindowLead } from "./window-lead.ts";

const page = new URL(location.href);
await speak(chooseLanguage(page, navigator.languages));
const desktop = byId("desktop", HTMLElement);
const desktopInput = byId("desktop-input", HTMLTextAreaElement);
const panel = byId("panel", HTMLElement);
const viewOnlyButton = byId("view-only", HTMLButtonElement);
// Distinguishes this page among the connected ones; not a secret.
const pageId = Math.random().toString(36).slice(2);
const settings = openSettings(() => localStorage, page);
const isDark = setUpTheme(settings, () => lead.update());
setUpInstall();
setUpHandle(
  byId("handle", HTMLButtonElement),
  openStore(() => localStorage, page, "handle"),
);
const showStatus = setUpStatus(() => connection.connect());
const connection = new Connection({
  target: desktop,
  field: desktopInput,
  address: webSocketAddress(page, pageId),
  page: new URL(".", page).href,
  refusal: new URL(`./api/refusal?page=${pageId}`, page).href,
  onState: (state) => onState(state),
  onOpen: () => lead.open(),
  onText: (text) => lead.hear(text),
  onSession: (session) => onSession(session),
  onEnd: (session) => keepLastPicture(session, settings.current),
});

const lead = new WindowLead({
  wanted: () => ({
    fits: settings.current.resize === "remote",
    scale: fitOf(settings.current).scale,
    isDark: isDark(),
  }),
  send: (text) => connection.sendText(text),
  onChange: applySettings,
  onColours: (isChanging) => cover(isChanging),
});
const cover = createCover({ isDark, session: () => connection.session });

const clipboard = new Clipboard({
  session: () => connection.session,
  isAutomatic: () => settings.current.clipboardSync,
  isDesktop: (target) => target instanceof Node && desktop.contains(target),
});

const pointer = setUpPointerLock(byId("lock-pointer", HTMLButtonElement), desktop, focusDesktop);

const shownFeatures = startFeatures(features, {
  page,
  openStore: (name) => openStore(() => localStorage, page, name),
  focusDesktop,
  pageId,
  addFigure: setUpStatistics({
    session: () => connection.session,
    received: () => connection.received,
    ping: new URL("healthz", page).href,
  }),
  session: () => connection.session,
  settings,
  clipboard,
  pointer,
  onRole: (role) => setWatching(role === "viewer"),
  onForeign: showMissing,
});

const panelControl = setUpPanel({
  settings,
  store: openStore(() => localStorage, page, "section"),
  send,
  focusDesktop,
  session: () => connection.session,
  onSettings: applySettings,
});
setUpFullScreen(byId("full-screen", HTMLButtonElement), focusDesktop);
setUpDesktopInput(desktopInput, (strokes) =>
  // A key that called the text up, such as Ctrl+Shift+U, may still be held.
  send(withModifiers([], connection.session?.modifiers ?? [], strokes)),
);
const touchKeyboard = setUpTouchKeyboard(send, applySettings);
byId("touch-keyboard", HTMLButtonElement).addEventListener("click", () => {
  panelControl.close();
  touchKeyboard.show();
});
byId("disconnect", HTMLButtonElement).addEventListener("click", () => {
  panelControl.close();
  connection.stop();
});
const setViewOnly = setUpToggle(viewOnlyButton, applySettings);
applySettings();
watchPlace();
watchSurroundings();
showTitle("");
connection.connect();

function onSession(session: Session): void {
  session.background = "transparent";
  applyTo(session);
  clipboard.attach();
  session.addEventListener("desktopname", ({ detail }) => showTitle(detail.name));
}

function onState(state: ConnectionState): void {
  showStatus(state);
  if (state.phase !== "connected") lead.lose();
  shownFeatures.noteState(state);
  byId("disconnect", HTMLButtonElement).disabled = state.phase === "disconnected";
  if (state.phase !== "connected") return;
  applySettings();
  dropLastPicture();
  if (panel.hidden && !touchKeyboard.isShown) focusDesktop();
}

/** Says why the groups of the features are missing, where a proxy answered with this status. */
function showMissing(status: number | undefined): void {
  const words = t(
    "Files, sound and others are missing here: a proxy answers in place of the workspace (status {status}).",
    { status: status ?? 0 },
  );
  write(byId("features-missing", HTMLParagraphElement), status === undefined ? undefined : words);
}

/** A viewer cannot leave view-only mode. */
function setWatching(isViewer: boolean): void {
  if (viewOnlyButton.hidden === isViewer) return;
  viewOnlyButton.hidden = isViewer;
  setViewOnly(isViewer);
}

function applySettings(): void {
  const isWatching = isPressed(viewOnlyButton);
  document.documentElement.toggleAttribute("data-view-only", isWatching);
  settings.watch(isWatching);
  // An input method takes keys only from a field that can be written to.
  desktopInput.readOnly = isWatching || settings.current.keyboard === "positions";
  panelControl.showSize();
  lead.update();
  if (connection.session !== null) applyTo(connection.session);
  shownFeatures.noteSettings();
}

function applyTo(session: Session): void {
  // First: noVNC asks for no size while it is in view-only mode.
  session.viewOnly = isPressed(viewOnlyButton);
  applyDisplay(session, settings.current, lead.leads);
  session.focusOnClick = !touchKeyboard.isShown;
}

/** Sends strokes in order. noVNC itself drops them without a connection or in view-only mode. */
function send(strokes: readonly KeyStroke[]): void {
  connection.noteInput();
  for (const { keysym, code, down } of strokes) connection.session?.sendKey(keysym, code, down);
}

function focusDesktop(): void {
  connection.session?.focus({ preventScroll: true });
}

/** Follows the size of the window, and the screen's density, which changes with the browser's zoom and between screens. */
function watchPlace(): void {
  new ResizeObserver(applySettings).observe(desktop);
  const watchDensity = () => {
    const changed = () => {
      applySettings();
      watchDensity();
    };
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", changed, { once: true });
  };
  watchDensity();
}

/** Checks the connection when the network, the tab or the visitor's input gives reason to. */
function watchSurroundings(): void {
  window.addEventListener("online", () => connection.wake());
  window.addEventListener("offline", () => void connection.check());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connection.wake();
  });
  // A click beside the picture (a scaled desktop has margins) must not leave the keyboard without a target.
  desktop.addEventListener("click", () => {
    if (!touchKeyboard.isShown) focusDesktop();
  });
  // Keys held while the focus moves to the panel would stay down on the desktop, because their release happens
  // elsewhere. noVNC releases all keys when the window loses the focus, so it is told that.
  desktop.addEventListener("focusout", () => window.dispatchEvent(new FocusEvent("blur")));
  for (const type of ["keydown", "pointerdown"]) {
    desktop.addEventListener(type, () => connection.noteInput(), { capture: true, passive: true });
  }
}

/** The title that the server wrote into the page wins over the desktop's name. */
function showTitle(desktopName: string): void {
  const given = document.querySelector<HTMLMetaElement>("meta[name=application-name]")?.content.trim();
  const title = verbatim(given || desktopName || t("Desktop"));
  document.title = title;
  write(byId("panel-title", HTMLHeadingElement), title);
}
