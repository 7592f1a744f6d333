import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { layouts, press } from "../client/layouts.ts";
import { painted, visit } from "../helpers/browser.ts";
import { createContainer, startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { sharedBrowser } from "../helpers/shared.ts";

const TITLE = "Kept open";
const APP = {
  name: "keeper",
  title: TITLE,
  command: [
    ...["python3", "/apps/splash.py", TITLE, "/apps/loading"],
    ...["xfce4-terminal", "--disable-server", "--title", TITLE],
  ],
  autostart: true,
  restart: "always",
  maximize: true,
  ready: { window: TITLE },
};

describe("an app that starts with the desktop", () => {
  let folder: string;
  let container: TestContainer;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kasmix-apps-"));
    // The container runs as another user.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "workspace.json"), JSON.stringify({ apps: [APP] }));
    copyFileSync(join(import.meta.dirname, "fixtures/splash.py"), join(folder, "splash.py"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const optionsFor = (variables: readonly string[]) => [
    ...["KASMIX_CONFIG=/apps/workspace.json", ...variables].flatMap((one) => ["--env", one]),
    ...["--volume", `${folder}:/apps:ro`],
  ];

  const start = (variables: readonly string[] = [], options: readonly string[] = []) =>
    startContainer({ image: inject("image"), engineOptions: [...optionsFor(variables), ...options] });

  const statusIs = (status: string, of = container) =>
    eventually(async () => expect((await of.services()).keeper?.status).toBe(status), {
      timeout: PATIENCE,
    });

  /** The state of its window. */
  async function windowState(): Promise<string> {
    return container.exec("xprop", "-name", TITLE, "_NET_WM_STATE");
  }

  const maximised = () =>
    eventually(async () => expect(await windowState()).toMatch(/MAXIMIZED_VERT|MAXIMIZED_HORZ/), {
      timeout: PATIENCE,
    });

  // Its splash screen was maximised in its place, and made it ready.
  test("has a maximised window once it has loaded, also after it comes back", async () => {
    const loading = join(folder, "loading");
    writeFileSync(loading, "");
    container = await start();
    onTestFinished(() => container.remove());
    await container.shows(TITLE);
    expect((await container.services()).keeper?.status).toBe("starting");
    rmSync(loading);
    await statusIs("ready");
    await maximised();
    const { starts = 0 } = (await container.services()).keeper ?? {};
    await container.exec("wmctrl", "-c", TITLE);
    await eventually(
      async () => expect((await container.services()).keeper?.starts).toBeGreaterThan(starts),
      {
        timeout: PATIENCE,
      },
    );
    await statusIs("ready");
    await maximised();
  });

  describe("on two desktops in one network", () => {
    let second: TestContainer;

    beforeAll(async () => {
      second = await createContainer({ image: inject("image") });
      const publish = ["--publish", `127.0.0.1:${second.settings.port}:7901`];
      const wallpaper = ["--volume", `${ICON}:${WALLPAPER}:ro`];
      container = await start(
        [
          ...["MAXIMIZE=false", "KASMIX_THEME=dark", "TZ=Europe/Berlin"],
          ...["LANG=de_DE", "LC_CTYPE=de_AT.UTF-8", "XKB_DEFAULT_LAYOUT=de"],
        ],
        [...publish, ...wallpaper],
      );
      await startBeside(container, second, optionsFor(SECOND));
      await second.ready();
    });

    afterAll(() => Promise.all([container?.remove(), second?.remove()]));

    test("keeps its size with MAXIMIZE=false", async () => {
      await statusIs("ready");
      expect(await windowState()).not.toContain("MAXIMIZED");
    });

    test("has the mounted wallpaper, and the theme of KASMIX_THEME", async () => {
      const looks = async () => {
        const settings = ["xsettings", "xfce4-desktop"].map((channel) => `xfconf-query -lvc ${channel}`);
        const all = await container.shell(settings.join(";"));
        expect(all).toMatch(/\/Net\/ThemeName +Kasmix-dark/);
        expect(all).toMatch(new RegExp(`/last-image +${WALLPAPER}`));
      };
      await eventually(looks, { timeout: PATIENCE });
    });

    // The charset was ASCII: typed umlauts vanished, without a line in the log.
    test("takes typed umlauts under a locale that the image does not have ready", async () => {
      const browser = await sharedBrowser();
      const { page } = await visit(browser, container.url, container.settings.password);
      await painted(page);
      await container.exec("wmctrl", "-a", TITLE);
      await page.keyboard.type(
        "locale charmap > typed.txt; date +%B -d 2026-05-01 >> typed.txt; cat >> typed.txt\n",
      );
      await eventually(async () => expect(await container.exec("cat", "typed.txt")).toContain("UTF-8"), {
        timeout: PATIENCE,
      });
      await press(page, UMLAUTS);
      await page.keyboard.press("Enter");
      const expected = `UTF-8\nMai\n${UMLAUTS.map(({ key }) => key).join("")}`;
      await eventually(async () => expect(await container.exec("cat", "typed.txt")).toBe(expected), {
        timeout: PATIENCE,
      });
      await page.context().close();
    });

    test("docker exec has the desktop's charset, language, keyboard and time zone, and the log names the locale that was taken", async () => {
      expect(await container.exec("locale", "charmap")).toBe("UTF-8");
      expect(await container.exec("date", "-d", "@1000000000", "+%A %H:%M")).toBe("Sonntag 03:46");
      expect(await container.exec("setxkbmap", "-query")).toMatch(/^layout: +de$/m);
      // Programs speak the languages of the workspace.
      expect(await container.exec("thunar", "--help")).toContain("neuem Fenster");
      const replaced = (await container.log()).filter((line) => line.includes('"locale.replaced"'));
      expect(replaced.map((line) => JSON.parse(line))).toMatchObject([
        { name: "LANG", value: "de_DE", locale: "de_DE.UTF-8" },
      ]);
    });

    // Abstract sockets belong to the network: the second one's display did not start.
    test("is not started with DISABLE_CUSTOM_STARTUP until somebody launches it, each on its own display :1", async () => {
      await statusIs("stopped", second);
      const before = await container.exec("wmctrl", "-l");
      expect(await second.exec("kasmixctl", "launch", "keeper")).toContain("Opened in keeper");
      await statusIs("ready", second);
      expect((await second.services()).keeper?.starts).toBe(1);
      expect(await container.exec("wmctrl", "-l")).toBe(before);
    });
  });
});

const ICON = join(import.meta.dirname, "../../src/client/icon-512.png");
const WALLPAPER = "/usr/share/backgrounds/bg_default.png";
const UMLAUTS = layouts.de ?? [];

const SECOND = [
  "DISABLE_CUSTOM_STARTUP=1",
  "NO_VNC_PORT=7901",
  ...["KASMIX_AUDIO_PORT=7902", "KASMIX_UPLOAD_PORT=7903"],
  ...["KASMIX_AUDIO_INPUT_PORT=7904", "KASMIX_GAMEPAD_PORT=7905"],
];

/** Starts a container in the network of another one, which has published its port. */
async function startBeside(
  first: TestContainer,
  { engine, name, settings }: TestContainer,
  options: readonly string[],
): Promise<void> {
  // In place of the image's anonymous volume, which would stay behind.
  const home = ["--tmpfs", "/home/kasm-user:uid=1000"];
  const network = ["--network", `container:${first.name}`, "--env", "VNC_PW"];
  const environment = { VNC_PW: settings.password };
  const args = ["--detach", "--name", name, ...network, ...home, ...options, settings.image];
  await engine.run(["run", ...args], { environment });
}
