import type { Browser } from "playwright-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { painted, screenshot, visit } from "../helpers/browser.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { hasKeyboard } from "../helpers/icons.ts";
import { sharedBrowser, sharedDesktop } from "../helpers/shared.ts";

/** Languages of many scripts, as fontconfig names them. */
const LANGUAGES =
  "am ar bn bo de el fa gu he hi hy ja ka km kn ko lo ml my ne pa ru si ta te th ur vi zh-cn zh-tw";

describe("what the desktop has", () => {
  let browser: Browser;
  let container: TestContainer;
  let folder: string;

  beforeAll(async () => {
    [browser, { container }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
    folder = (await container.exec("mktemp", "-d", "-p", "/home/kasm-user", "programs-XXXX")).trim();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  const inFolder = (script: string) => container.shell(`cd ${folder} && ${script}`);

  /** xfdesktop asks for two of its names at once. Two of the program waited for each other, and icons opened nothing. */
  test("one file manager, whoever asks for it", async () => {
    const start = (name: string) =>
      `timeout 20 dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.StartServiceByName string:${name} uint32:0 > /dev/null || echo ${name}`;
    const names = ["org.freedesktop.FileManager1", "org.xfce.FileManager", "org.xfce.Thunar"];
    const round = `pkill -x Thunar; while pgrep -x Thunar > /dev/null; do sleep 0.1; done; ${names.map((name) => `(${start(name)}) &`).join(" ")} wait`;
    expect(await container.shell(`for round in 1 2 3 4 5; do ${round}; done; pgrep -cx Thunar`)).toBe("1");
  });

  /** With gvfs, Thunar asked whether to trust the launcher. */
  test("an icon of the desktop starts its program without a question", async () => {
    const launch = "/org/xfce/FileManager org.xfce.FileManager.Launch";
    const icon = "string:file:///home/kasm-user/Desktop/terminal.desktop string: string:";
    await container.shell(
      `dbus-send --session --print-reply --dest=org.xfce.FileManager ${launch} ${icon} > /dev/null`,
    );
    await eventually(async () => expect(await container.exec("wmctrl", "-lx")).toMatch(/xfce4-terminal/i), {
      timeout: PATIENCE,
    });
    await container.shell("pkill xfce4-terminal");
  });

  test("fonts for every script, of which sans-serif takes Noto's", async () => {
    const families = await container.shell(
      `for language in ${LANGUAGES}; do fc-match "sans-serif:lang=$language" family lang; done`,
    );
    const lines = families.trim().split("\n");
    expect(lines).toHaveLength(LANGUAGES.split(" ").length);
    // fontconfig gives a font that lacks the language where there is no other.
    const lacking = LANGUAGES.split(" ").filter(
      (language, index) => !new RegExp(`^Noto .*[=|]${language}(\\||$)`).test(lines[index] ?? ""),
    );
    expect(lacking).toEqual([]);
  });

  test("Chinese characters as each country writes them, emoji in colour, and the widths of Arial, Times and Courier", async () => {
    const match = async (...patterns: string[]) =>
      (await container.shell('for one; do fc-match "$one" family; done', ...patterns)).trim().split("\n");
    expect(await match(...["ja", "ko", "zh-cn", "zh-tw"].map((lang) => `sans-serif:lang=${lang}`))).toEqual(
      ["JP", "KR", "SC", "TC"].map((country) => `Noto Sans CJK ${country}`),
    );
    expect(await match("emoji", "Arial", "Times New Roman", "Courier New")).toEqual([
      "Noto Color Emoji",
      "Liberation Sans",
      "Liberation Serif",
      "Liberation Mono",
    ]);
  });

  test("a terminal's usual tools, completion and a word about sudo", async () => {
    const tools = "less nano curl wget unzip zip xz bzip2 htop";
    expect(
      await container.shell(`for one in ${tools}; do command -v $one > /dev/null || echo $one; done`),
    ).toBe("");
    expect(
      await container.exec("bash", "-ic", "type -t _comp_complete_load || type -t _completion_loader"),
    ).toContain("function");
    const asked = await container.attempt("sudo", "apt-get", "install", "vim");
    expect(asked).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("docker exec --user root") });
  });

  test("apt knows the snapshot of the image, for root", async () => {
    const targets = await container.exec(
      "apt-get",
      "indextargets",
      "--no-release-info",
      "--format",
      "$(REPO_URI) $(RELEASE) $(CREATED_BY)",
    );
    const releases = [...new Set(targets.split("\n"))].filter((line) => line.endsWith(" Packages"));
    expect(releases).toEqual([
      expect.stringMatching(/debian\/\d{8}T\d{6}Z\/ trixie Packages$/),
      expect.stringMatching(/debian\/\d{8}T\d{6}Z\/ trixie-updates Packages$/),
      expect.stringMatching(/debian-security\/\d{8}T\d{6}Z\/ trixie-security Packages$/),
    ]);
  });

  test("pictures, texts and archives open in a program for them, PDFs in Firefox", async () => {
    await inFolder(
      "echo text > note.txt && zip -q archive.zip note.txt && xfce4-screenshooter -f -s shot.png",
    );
    for (const name of ["note.txt", "archive.zip", "shot.png"]) {
      await inFolder(`exo-open ${name}`);
      await container.shows(name);
      await container.closeWindows(name);
    }
    const defaults = await container.shell(
      "for type in application/pdf image/png text/html; do xdg-mime query default $type; done",
    );
    expect(defaults.trim().split("\n")).toEqual([
      "firefox-esr.desktop",
      "org.xfce.ristretto.desktop",
      "firefox-esr.desktop",
    ]);
  });

  test("Thunar extracts archives, has thumbnails, and moves to the trash what Ctrl+Z brings back", async () => {
    await inFolder(
      "echo gone > doomed.txt && tar cJf packed.tar.xz doomed.txt && xfce4-screenshooter -f -s b.png",
    );
    // What "Extract Here" of its menu runs.
    await inFolder(
      '/usr/libexec/thunar-archive-plugin/xarchiver.tap extract-here "$PWD" "$PWD/packed.tar.xz"',
    );
    expect(await inFolder("cat packed/doomed.txt")).toContain("gone");

    const { page } = await visit(browser, container.url, container.settings.password);
    await painted(page);
    await container.shell('thunar "$1" > /dev/null 2>&1 &', folder);
    const title = folder.replace(/.*\//, "");
    await container.shows(title);
    await hasKeyboard(container, title);
    const thumbnails = async () =>
      container.shell("cat ~/.cache/thumbnails/*/*.png | grep -c -a programs-.*/b.png");
    await eventually(async () => expect(Number(await thumbnails())).toBe(1), { timeout: PATIENCE });
    await screenshot(page, "thumbnails");

    const trashed = "/home/kasm-user/.local/share/Trash/files/doomed.txt";
    const places = async () => (await inFolder(`ls doomed.txt ${trashed} 2> /dev/null || true`)).trim();
    await page.keyboard.type("doomed");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Delete");
    await eventually(async () => expect(await places()).toBe(trashed), { timeout: PATIENCE });
    await page.keyboard.press("Control+z");
    await eventually(async () => expect(await places()).toBe("doomed.txt"), { timeout: PATIENCE });
    await container.closeWindows(title);
  });
});
