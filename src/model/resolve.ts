import { kasmVncRelease } from "./kasmvnc-release.ts";
import { DEFAULT_STOP, type ResolvedApp, type ResolvedService, type RuntimeConfig } from "./runtime.ts";
import type {
  App,
  Base,
  Desktop,
  Display,
  ImageFile,
  Launcher,
  Limits,
  Resources,
  Service,
  SessionLimits,
  VendorPackage,
  Volume,
  Workspace,
} from "./types.ts";

/** A workspace with every default filled in. */
export interface ResolvedWorkspace {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly categories: readonly string[];
  readonly icon: string;
  readonly base: Base;
  /** Debian's packages; empty where nixpkgs is the base. */
  readonly packages: readonly string[];
  readonly privileged: readonly string[];
  readonly languages: readonly string[];
  readonly nixpkgs?: ResolvedNixpkgs;
  readonly display: ResolvedDisplay;
  readonly desktop: ResolvedDesktop;
  readonly services: Readonly<Record<string, ResolvedService>>;
  readonly limits: Readonly<Record<string, Limits>>;
  readonly session?: SessionLimits;
  readonly apps: readonly ResolvedApp[];
  readonly vendor: Readonly<Record<string, ResolvedVendorPackage>>;
  readonly launcher?: Required<Launcher>;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ResolvedFile[];
  readonly resources: Required<Resources>;
  readonly volumes: readonly Volume[];
}

/** KasmVNC's settings have no defaults filled in. */
export type ResolvedDisplay = Required<Omit<Display, "kasmvnc">> & Pick<Display, "kasmvnc">;

/** Without a wallpaper the desktop has Kasmix's own, without an environment XFCE. */
export type ResolvedDesktop = Required<Pick<Desktop, "theme" | "panel">> & Desktop;

/** Packages and programs from nixpkgs, sorted. */
export interface ResolvedNixpkgs {
  readonly packages: readonly string[];
  readonly unfree: readonly string[];
  /** What lies at a path of the image: a file of a package. */
  readonly programs: Readonly<Record<string, string>>;
}

/** With `{version}` filled in. */
export type ResolvedVendorPackage = Required<Omit<VendorPackage, "newest">>;

/** A file of the image: a link, or a content with its mode and owner. */
export type ResolvedFile =
  | { readonly path: string; readonly link: string }
  | (ResolvedContent & {
      readonly path: string;
      readonly mode: string;
      readonly owner: "root" | "kasm-user";
    });

type ResolvedContent = { readonly text: string } | { readonly source: string };

const DEFAULT_BASE: Required<Base> = { distribution: "debian", suite: "trixie" };
const DEFAULT_DISPLAY: ResolvedDisplay = {
  server: "tigervnc",
  from: "source",
  resolution: "1280x720",
  frameRate: 60,
};
const DEFAULT_DESKTOP: ResolvedDesktop = { theme: "auto", panel: "bottom" };
const DEFAULT_RESOURCES: Required<Resources> = {
  memory: "2GiB",
  cpus: 2,
  sharedMemory: "512MiB",
  pidsLimit: 2000,
};

/** Fills in every default that the types name, in a workspace that has been validated. */
export function resolveWorkspace(workspace: Workspace): ResolvedWorkspace {
  const { name, title, description, base, packages, resources, display, session, launcher } = workspace;
  return {
    name,
    title,
    description,
    categories: workspace.categories ?? ["Desktop"],
    icon: workspace.icon ?? "icon.svg",
    base: isOnNixpkgs(workspace) ? base : withDefaults<Base>(DEFAULT_BASE, base),
    packages: isOnNixpkgs(workspace) ? [] : [...packages].sort(),
    privileged: workspace.privileged ?? [],
    languages: [...(workspace.languages ?? [])].sort(),
    ...resolveNixpkgs(workspace),
    display: withDefaults(DEFAULT_DISPLAY, display),
    desktop: withDefaults(DEFAULT_DESKTOP, workspace.desktop),
    services: mapValues(workspace.services ?? {}, resolveService),
    limits: workspace.limits ?? {},
    ...(session === undefined
      ? {}
      : { session: withDefaults<SessionLimits>({ end: "disconnect" }, session) }),
    apps: (workspace.apps ?? []).map(resolveApp),
    vendor: Object.fromEntries(Object.entries(vendorOf(workspace)).map(resolveVendor)),
    ...(launcher === undefined ? {} : { launcher: { app: launcher.app, egress: launcher.egress ?? true } }),
    environment: workspace.environment ?? {},
    files: (workspace.files ?? []).map(resolveFile),
    resources: withDefaults(DEFAULT_RESOURCES, resources),
    volumes: workspace.volumes ?? [],
  };
}

/** A workspace's vendor software, with KasmVNC's release where that is its display server. */
export function vendorOf({ vendor = {}, display }: Pick<Workspace, "vendor" | "display">) {
  return display?.from === "release" ? { ...vendor, [KASMVNC]: kasmVncRelease() } : vendor;
}

/** Name of KasmVNC's release among the vendor software. */
export const KASMVNC = "kasmvnc";

/** Whether a workspace's packages come from nixpkgs alone. */
export function isOnNixpkgs({ base }: Pick<Workspace, "base">): boolean {
  return base.distribution === "nixpkgs";
}

/** What the entrypoint in the container needs of a workspace. */
export function toRuntimeConfig(workspace: ResolvedWorkspace): RuntimeConfig {
  const { name, title, display, desktop, services, limits, apps, launcher, environment } = workspace;
  const { resolution, frameRate, server, kasmvnc } = display;
  return {
    name,
    title,
    display: {
      resolution,
      frameRate,
      ...(server === "kasmvnc" ? { server } : {}),
      ...(kasmvnc === undefined ? {} : { kasmvnc }),
    },
    ...(desktop.environment === undefined ? {} : { desktopEnvironment: desktop.environment }),
    services,
    limits,
    apps,
    ...(launcher === undefined ? {} : { launcher }),
    environment,
  };
}

function resolveNixpkgs(workspace: Workspace): { readonly nixpkgs?: ResolvedNixpkgs } {
  const { nixpkgs } = workspace;
  if (nixpkgs === undefined && !isOnNixpkgs(workspace)) return {};
  const packages = isOnNixpkgs(workspace) ? workspace.packages : (nixpkgs?.packages ?? []);
  const programs = Object.entries(nixpkgs?.programs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    nixpkgs: {
      packages: [...packages].sort(),
      unfree: [...(nixpkgs?.unfree ?? [])].sort(),
      programs: Object.fromEntries(programs),
    },
  };
}

function resolveService(service: Service): ResolvedService {
  const { command, ready, port, startTimeout } = service;
  return {
    command,
    environment: service.environment ?? {},
    directory: service.directory ?? "/home/kasm-user",
    needs: (service.needs ?? []).map(({ service, condition }) => ({
      service,
      condition: condition ?? "ready",
    })),
    ...(ready === undefined ? {} : { ready }),
    restart: service.restart ?? "always",
    ...(startTimeout === undefined ? {} : { startTimeout }),
    stop: withDefaults(DEFAULT_STOP, service.stop),
    critical: service.critical ?? false,
    ...(port === undefined ? {} : { port }),
  };
}

function resolveApp(app: App, index: number): ResolvedApp {
  const { name, title, command, icon, ready } = app;
  const argumentsFrom = app.argumentsFrom ?? (index === 0 ? "APP_ARGS" : undefined);
  return {
    name,
    title,
    command,
    ...(argumentsFrom === undefined ? {} : { argumentsFrom }),
    ...(app.switch === undefined ? {} : { switch: app.switch }),
    opensUrls: app.opensUrls ?? false,
    maximize: app.maximize ?? false,
    before: app.before ?? [],
    ...(icon === undefined ? {} : { icon }),
    autostart: app.autostart ?? false,
    restart: app.restart ?? "on-failure",
    desktopIcon: app.desktopIcon ?? true,
    environment: app.environment ?? {},
    ...(ready === undefined ? {} : { ready }),
    stop: withDefaults(DEFAULT_STOP, app.stop),
  };
}

function resolveVendor([name, vendor]: [string, VendorPackage]): [string, ResolvedVendorPackage] {
  const { version, url, sha256, format, directory = `/opt/${name}`, strip = 0, programs } = vendor;
  const address = url.replaceAll("{version}", version);
  return [name, { version, url: address, sha256, format, directory, strip, programs }];
}

function resolveFile(file: ImageFile): ResolvedFile {
  const { path, link, source, text } = file;
  if (link !== undefined) return { path, link };
  const content = source === undefined ? { text: text ?? "" } : { source };
  return { path, mode: file.mode ?? "0644", owner: file.owner ?? "root", ...content };
}

function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** The given fields over the defaults; a field that is `undefined` counts as missing. */
function withDefaults<T extends object>(defaults: T, given: Partial<T> = {}): T {
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}
