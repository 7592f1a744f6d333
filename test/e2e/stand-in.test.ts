import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { type Faults, startFaults } from "../helpers/faults.ts";
import { $ } from "../helpers/shell.ts";
import { nix, ROOT } from "../nix/build/nix.ts";

const PROGRAM = "/opt/chat/chat";
const TITLE = "It's Chat (not in this image)";

/** The app of a workspace that was built without its vendor's software. */
const APP = {
  name: "chat",
  title: "It's Chat",
  command: [PROGRAM, "--no-sandbox", "--user-data-dir=/x", "https://example.org/"],
  autostart: true,
  restart: "always",
  ready: { window: "It's Chat" },
};

describe("the program that stands in for vendor software", () => {
  let faults: Faults;

  beforeAll(async () => {
    const script = await standIn();
    const config = JSON.stringify({
      name: "desktop",
      title: "Desktop",
      services: {},
      limits: {},
      apps: [APP],
    });
    faults = await startFaults({ config, over: { [PROGRAM]: script } });
    await faults.desktopReady();
  });

  afterAll(() => faults?.remove());

  test("opens a window that makes its app ready, and logs what is missing", async () => {
    await faults.until("chat", "ready");
    expect(await faults.container.exec("wmctrl", "-l")).toContain(TITLE);
    await faults.logged({ service: "chat", stream: "stderr", line: /chat 1\.0 is not in this image/ });
  });

  test("says what is missing, where it comes from, and what to do", async () => {
    // The terminal's arguments have the text that it shows.
    const shown = await faults.container.shell(
      "tr '\\0' '\\n' < /proc/$(pgrep -o -f 'xfce4-terminal.*not in this image')/cmdline",
    );
    for (const text of [
      "chat 1.0 is not in this image.",
      "https://vendor.invalid/chat.tar.gz",
      "./kasmix up desktop",
    ]) {
      expect(shown).toContain(text);
    }
  });

  test("ignores what is typed into it, comes back when it is closed, and ends on a stop", async () => {
    const before = await faults.container.services();
    const pid = before.chat?.pid;
    expect(pid).toBeGreaterThan(0);
    // The signals that the terminal sends for ^C, ^\\ and ^Z.
    await faults.container.shell("for name in INT QUIT TSTP; do pkill -$name -x sleep; done");
    expect((await faults.container.services()).chat?.pid).toBe(pid);
    expect(await faults.container.exec("wmctrl", "-l")).toContain(TITLE);
    await faults.container.attempt("wmctrl", "-c", TITLE);
    await eventually(
      async () => {
        const { chat } = await faults.container.services();
        expect(chat?.status).toBe("ready");
        expect(chat?.pid).not.toBe(pid);
      },
      { timeout: PATIENCE },
    );
    await faults.container.exec("kasmixctl", "stop", "chat");
    expect(await faults.container.exec("wmctrl", "-l")).not.toContain(TITLE);
  });
});

/** The script that an image gets. */
async function standIn(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-stand-in-"));
  try {
    const file = join(folder, "layer.nix");
    await writeFile(
      file,
      `map (entry: entry.layer) ((import ${ROOT}/nix { }).parts.layVendor {
        workspace = "desktop";
        standIn = true;
        packages.chat = {
          version = "1.0";
          url = "https://vendor.invalid/chat.tar.gz";
          programs = [ { path = "${PROGRAM}"; title = "It's Chat"; } ];
        };
      })`,
    );
    const layer = await nix("nix-build", "--no-out-link", file);
    return (await $`tar --extract --to-stdout --file ${layer}/layer.tar .${PROGRAM}`).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
