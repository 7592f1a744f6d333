import path from "node:path";
import { chromium } from "playwright-core";
import { KasmixError } from "../../../src/model/error.ts";
import { CHROMIUM } from "../../helpers/chromium.ts";
import { goTo } from "../../helpers/go-to.ts";
import { signIn } from "../../helpers/sign-in.ts";
import type { Context } from "../context.ts";
import { busySeconds, processTree } from "../processes.ts";
import type { Glass } from "./glass.ts";

/** How the bench starts Chromium: it ends its browsers itself, when it is interrupted too, and then all else. */
export const MEASURED = { ...CHROMIUM, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

/** Chromium in a window without frame at the upper left corner of a screen, which shows a client's page. */
export interface Browser {
  /** Seconds of processor time that all its processes have used so far. */
  busy(): Promise<number>;
  close(): Promise<void>;
}

/** A client's page, and the window for it. */
export interface Visit {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly width: number;
  readonly height: number;
}

let visits = 0;

/** Opens a page with a profile of its own. */
export async function openBrowser(context: Context, glass: Glass, visit: Visit): Promise<Browser> {
  visits += 1;
  const profile = path.join(context.scratch, `profile-${visits}`);
  const { url, user, password, width, height } = visit;
  const browser = await chromium
    .launchPersistentContext(profile, {
      ...MEASURED,
      headless: false,
      viewport: null,
      ignoreHTTPSErrors: true,
      // For the peers' servers, which ask by the browser's dialog.
      httpCredentials: { username: user, password },
      env: { ...process.env, ...glass.environment },
      // An automated browser shows a bar that says so.
      ignoreDefaultArgs: ["--enable-automation"],
      args: [
        ...MEASURED.args,
        "--test-type",
        "--kiosk",
        "--window-position=0,0",
        `--window-size=${width},${height}`,
      ],
    })
    .catch(refuse);
  const close = () => browser.close();
  context.atEnd(close);
  try {
    // A further page would get a window with tabs.
    const page = browser.pages()[0] ?? (await browser.waitForEvent("page"));
    await goTo(page, url);
    await signIn(page, password, user);
  } catch (error) {
    await close();
    throw error;
  }
  const own = (await processTree(process.pid)).find(({ command }) =>
    command.includes(`--user-data-dir=${profile}`),
  );
  return { close, busy: async () => busySeconds(own ? await processTree(own.pid) : []) };
}

/** Says what is missing when Chromium does not start. */
export function refuse(cause: unknown): never {
  const [reason] = String(cause).split("\n");
  throw new KasmixError("E_MACHINE", `Chromium does not start: ${reason}`, {
    cause,
    fix: "On Debian: apt-get install chromium",
  });
}
