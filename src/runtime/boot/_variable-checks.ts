import { existsSync } from "node:fs";
import { parseUrl } from "../../model/parse-url.ts";
import { clipboardLimit } from "../clipboard/policy.ts";
import { isSourceList } from "../gateway/headers.ts";
import { parseLimit } from "../limits/settings.ts";
import { isDisplay, isFrameRate, isResolution } from "../session/display.ts";
import { parseUploadLimit } from "../uploads/limit.ts";

/** What the value of a variable must be. */
export interface Check {
  /** Completes "is not …". */
  readonly wanted: string;
  /** The value as its reader takes it; undefined for an invalid one. */
  readonly read: (value: string) => string | undefined;
  /** Whether the value is a list separated by commas, of which invalid entries are left out. @default false */
  readonly list?: boolean;
  /** What an invalid value is replaced by. @default the variable's default */
  readonly instead?: string;
}

export const PORT = check("a port from 1 to 65535", (value) => {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;
});

export const RESOLUTION = check("a size such as 1920x1080, from 64x64 to 16384x16384", isResolution);

export const FRAME_RATE = check("a whole number from 1 to 120", isFrameRate);

/** The device must be there: the display server would silently draw without it. */
export const RENDER_NODE = check("a render node of this container, such as /dev/dri/renderD128", (value) => {
  return /^\/dev\/dri\/renderD\d+$/.test(value) && existsSync(value);
});

export const THEME = check("auto, light or dark", (value) => ["auto", "light", "dark"].includes(value));

export const DISPLAY = check("the name of a display of this container, such as :1", isDisplay);

/** On and off by the words that people use; the readers know 1 and 0. */
export const SWITCH: Check = { wanted: "1 or 0", read: (value) => wordOf(value, "1", "0") };

export const TRUTH: Check = { wanted: "true or false", read: (value) => wordOf(value, "true", "false") };

export const CUT_TEXT_UP = cutText("-AcceptCutText");
export const CUT_TEXT_DOWN = cutText("-SendCutText");

export const CLIPBOARD_SIZE = check("a size up to 256MiB, such as 500KiB or 16MiB", (value) => {
  return clipboardLimit(value) !== undefined;
});

/** A limit was wanted, so an invalid value must not mean no limit. */
export const UPLOAD_SIZE: Check = {
  ...check("a size such as 500MiB or 2GiB", (value) => parseUploadLimit(value) !== undefined),
  instead: "1GiB",
};

/** Limits were wanted, so an invalid value must not mean none. */
export const IDLE_LIMIT: Check = { ...limit(), instead: "30min" };
export const SESSION_LIMIT: Check = { ...limit(), instead: "8h" };

export const SESSION_END = check("disconnect or stop", (value) => ["disconnect", "stop"].includes(value));

export const TIME_ZONE = check("a time zone of the image, such as Europe/Berlin", (value) => {
  const name = value.replace(/^:/, "");
  // POSIX's own notation: CET-1CEST,M3.5.0,M10.5.0/3.
  if (/^([A-Za-z]{3,}|<[\w+-]{3,}>)[+-]?\d{1,3}(:\d\d){0,2}(\D.*)?$/.test(name)) return true;
  return /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name) && existsSync(`/usr/share/zoneinfo/${name}`);
});

export const KEYBOARD = check(
  "names of the keyboard's layouts, variants or options, such as de,us",
  (value) => {
    return /^[\w:,()-]+$/.test(value) && !value.startsWith("-");
  },
);

/** An address as people type it into a browser: https:// may be left out. */
export const PAGE = check("an address such as https://example.com/", (value) => {
  if (/[\s\p{Cc}]/u.test(value) || value.startsWith("-")) return false;
  if (/^(https?|file|about|data|chrome|view-source):/i.test(value)) return parseUrl(value) !== undefined;
  const host = parseUrl(`https://${value}`)?.hostname ?? "";
  return host === "localhost" || /[.:]/.test(host);
});

/** A watermark was wanted, so an invalid value must not mean none. */
export const WATERMARK: Check = {
  ...check("the path of a PNG, or a text of up to 80 characters of Western Europe", (value) => {
    return value.startsWith("/") || /^[\x20-\x7e\xa0-\xff]{1,80}$/.test(value);
  }),
  instead: "KASMIX_WATERMARK is not valid",
};

export const SOURCES = check(
  "a list of sources of Content-Security-Policy, such as https://example.com",
  isSourceList,
);

export const ORIGINS: Check = {
  wanted: "an origin such as https://desk.example:8443",
  list: true,
  read: (value) => {
    const url = parseUrl(value);
    const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
    return isOrigin ? url.origin : undefined;
  },
};

function check(wanted: string, isValid: (value: string) => boolean): Check {
  return { wanted, read: (value) => (isValid(value) ? value : undefined) };
}

function limit(): Check {
  return check("a time of ten seconds or more, such as 90s, 30min or 8h, or 0 for no limit", (value) => {
    return parseLimit(value) !== undefined;
  });
}

function wordOf(value: string, on: string, off: string): string | undefined {
  if (/^(1|true|yes|on)$/i.test(value)) return on;
  return /^(0|false|no|off)$/i.test(value) ? off : undefined;
}

/** Kasm writes the option of its display server. */
function cutText(option: string): Check {
  const pattern = new RegExp(`^(?:-?${option.slice(1)}[ =])?([01])$`, "i");
  return {
    wanted: `"${option} 0" or "${option} 1"`,
    read: (value) => {
      const [, digit] = pattern.exec(value) ?? [];
      return digit && `${option} ${digit}`;
    },
  };
}
