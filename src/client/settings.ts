import { type KeyboardMode, keyboardModes } from "./key-mapper.ts";

/** How desktop and window agree on a size: the desktop follows the window, the picture is scaled, or neither. */
export const resizeModes = ["remote", "scale", "off"] as const;
export type ResizeMode = (typeof resizeModes)[number];

/** Percent by which everything on the desktop can be made larger. */
export const zooms = [100, 125, 150, 200] as const;
export type Zoom = (typeof zooms)[number];

/**
 * What the visitor wants of the picture: when it comes as a video stream, where there is one; RFB's JPEG quality, 0
 * (coarse) to 9 (fine), and compression, 0 (none) to 9 (smallest); and for how many milliseconds RFB rests between two
 * pictures. The display server makes what is still exact, except at quality 9.
 */
export const pictures = {
  automatic: { stream: "moving", quality: 6, compression: 2, rest: 0 },
  text: { stream: "never", quality: 8, compression: 1, rest: 0 },
  video: { stream: "always", quality: 4, compression: 2, rest: 0 },
  save: { stream: "never", quality: 2, compression: 7, rest: 200 },
} as const;
export type PictureName = keyof typeof pictures;

/** Light, dark, or as the system is. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** The visitor's choices, kept in the browser. */
export interface Settings {
  /** @default "remote" */
  readonly resize: ResizeMode;
  /** Size of everything on a desktop that fits this window, in percent. @default 100 */
  readonly zoom: Zoom;
  /** Whether a pixel of the desktop is one of the screen, however dense that is. @default true */
  readonly sharp: boolean;
  /** @default "automatic" */
  readonly picture: PictureName;
  /** The address's quality and compression, in place of those of `picture`. */
  readonly levels: { readonly quality?: number; readonly compression?: number };
  /** Whether the clipboards are synchronised automatically. @default true */
  readonly clipboardSync: boolean;
  /** Whether keys are sent by character or by position. @default "characters" */
  readonly keyboard: KeyboardMode;
  /** @default "system" */
  readonly theme: Theme;
}

export const defaultSettings: Settings = {
  resize: "remote",
  zoom: 100,
  sharp: true,
  picture: "automatic",
  levels: {},
  clipboardSync: true,
  keyboard: "characters",
  theme: "system",
};

/** Settings from stored JSON; a missing or invalid field gets its default. */
export function parseSettings(stored: string | null): Settings {
  const fields = parseObject(stored);
  return {
    resize: resizeMode(fields.resize) ?? defaultSettings.resize,
    zoom: zooms.find((zoom) => zoom === fields.zoom) ?? defaultSettings.zoom,
    sharp: typeof fields.sharp === "boolean" ? fields.sharp : defaultSettings.sharp,
    picture: pictureName(fields.picture) ?? defaultSettings.picture,
    levels: defaultSettings.levels,
    clipboardSync:
      typeof fields.clipboardSync === "boolean" ? fields.clipboardSync : defaultSettings.clipboardSync,
    keyboard: keyboardModes.find((mode) => mode === fields.keyboard) ?? defaultSettings.keyboard,
    theme: themes.find((theme) => theme === fields.theme) ?? defaultSettings.theme,
  };
}

/**
 * Settings from the address: `picture`, and with noVNC's names `resize`, `quality`, `compression`; invalid ones are
 * ignored.
 */
export function settingsFromQuery(query: URLSearchParams): Partial<Settings> {
  const resize = resizeMode(query.get("resize"));
  const picture = pictureName(query.get("picture"));
  const quality = level(numberOf(query.get("quality")));
  const compression = level(numberOf(query.get("compression")));
  return {
    ...(resize !== undefined && { resize }),
    ...(picture !== undefined && { picture }),
    levels: {
      ...(quality !== undefined && { quality }),
      ...(compression !== undefined && { compression }),
    },
  };
}

/** The choice of the picture with this name, if there is one. */
export function pictureName(name: unknown): PictureName | undefined {
  return (Object.keys(pictures) as PictureName[]).find((known) => known === name);
}

/** Keeps one value of a feature; the stored value may be anything. */
export interface Store {
  read(): unknown;
  write(value: unknown): void;
}

/** A store for one feature of this page; without storage it keeps nothing. */
export function openStore(storage: () => Storage, page: URL, name: string): Store {
  const key = `${keyOf(page)}:${name}`;
  return {
    read: () => attempt(() => JSON.parse(storage().getItem(key) ?? "null")),
    write: (value) => void attempt(() => storage().setItem(key, JSON.stringify(value))),
  };
}

/** Reads and keeps this page's settings; without storage (private mode, blocked) they last as long as the page. */
export function openSettings(storage: () => Storage, page: URL) {
  const key = keyOf(page);
  let chosen: Settings = {
    ...parseSettings(attempt(() => storage().getItem(key))),
    ...settingsFromQuery(page.searchParams),
  };
  let isWatching = false;
  return {
    get current(): Settings {
      return isWatching && chosen.resize === "remote" ? { ...chosen, resize: "scale" } : chosen;
    },
    change(change: Partial<Settings>): void {
      chosen = { ...chosen, ...change };
      attempt(() => storage().setItem(key, JSON.stringify(chosen)));
    },
    /** Sets whether this page only watches: the desktop then ignores its size, so the picture is scaled instead. */
    watch(watching: boolean): void {
      isWatching = watching;
    },
  };
}
export type SettingsStore = ReturnType<typeof openSettings>;

/** Workspaces of one host have separate settings if their paths differ. */
function keyOf(page: URL): string {
  return `kasmix:${new URL(".", page).pathname}`;
}

function parseObject(text: string | null): Record<string, unknown> {
  const value: unknown = text === null ? null : attempt(() => JSON.parse(text));
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function resizeMode(value: unknown): ResizeMode | undefined {
  return resizeModes.find((mode) => mode === value);
}

function level(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9 ? Number(value) : undefined;
}

function numberOf(text: string | null): number | undefined {
  return text === null || text.trim() === "" ? undefined : Number(text);
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
