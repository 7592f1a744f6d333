import type { PackageName } from "../model/basic-types.ts";
import type { App, ImageFile, Launcher } from "../model/types.ts";
import { CHROMIUM_STOP } from "./electron.ts";

export interface ChromiumOptions {
  /** Service name of the app. @default "chromium" */
  readonly name?: string;
  /** Name under its icon. @default "Chromium" */
  readonly title?: string;
  /** Program. @default Debian's chromium */
  readonly program?: string;
  /** Whether it fills the screen, without tabs and address bar. @default false */
  readonly kiosk?: boolean;
  /** Environment variable that replaces the arguments. @default "APP_ARGS" */
  readonly argumentsFrom?: string;
  /** Environment variable that, set to 0, keeps it from starting. @default none */
  readonly switch?: string;
}

/** The parts of a workspace with a browser. */
export interface ChromiumPart {
  readonly app: App;
  readonly packages: readonly PackageName[];
  readonly files: readonly ImageFile[];
  readonly launcher: Launcher;
}

/**
 * A Chromium that starts with the desktop and is kept running; the URL launcher controls it. It starts with KASM_URL,
 * START_URL or LAUNCH_URL. Its own sandbox is off: that needs user namespaces or set-uid programs, which the container
 * does not have. The container confines it instead.
 */
export function chromium(options: ChromiumOptions = {}): ChromiumPart {
  const { name = "chromium", title = "Chromium", program = "chromium", kiosk = false } = options;
  const profile = `.config/${name}`;
  const app: App = {
    name,
    title,
    command: [
      program,
      ...(kiosk ? ["--kiosk"] : ["--start-maximized"]),
      ...["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-dev-shm-usage"],
      ...["--no-first-run", "--no-default-browser-check", "--password-store=basic", "--test-type"],
      `--user-data-dir={HOME}/${profile}`,
    ],
    argumentsFrom: options.argumentsFrom ?? "APP_ARGS",
    ...(options.switch === undefined ? {} : { switch: options.switch }),
    icon: "chromium",
    opensUrls: true,
    autostart: true,
    restart: "always",
    ready: { window: name },
    stop: CHROMIUM_STOP,
    before: [{ unlockChromium: `~/${profile}` }],
  };
  return {
    app,
    packages: program === "chromium" ? ["chromium"] : [],
    files: [{ path: "/etc/chromium/policies/managed/kasmix.json", text: POLICY }],
    launcher: { app: name },
  };
}

/** It limits navigation; the security boundary is the egress proxy. https://chromeenterprise.google/policies/ */
const POLICY = `${JSON.stringify(
  {
    BrowserSignin: 0,
    DefaultBrowserSettingEnabled: false,
    MetricsReportingEnabled: false,
    PromotionalTabsEnabled: false,
    URLBlocklist: ["file://*", "ftp://*", "view-source:*", "localhost", "127.0.0.1", "[::1]"],
    WebRtcIPHandling: "disable_non_proxied_udp",
  },
  null,
  2,
)}\n`;
