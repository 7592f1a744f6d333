import { defineWorkspace } from "../../src/model/define.ts";
import { chromium } from "../../src/parts/chromium.ts";
import { CHROMIUM_STOP, ELECTRON_PACKAGES } from "../../src/parts/electron.ts";
import { GTK4 } from "../../src/parts/gtk4.ts";
import { TERMINAL } from "../../src/parts/xfce.ts";

/** The browser: Debian's Chromium, or CloakBrowser, which the build downloads from its vendor under its own licence. */
const BROWSER = "chromium" satisfies keyof typeof BROWSERS;

const SCRIPTS = "/home/kasm-user/scripts";
const ICONS = "/opt/void/icons";

const BROWSERS = {
  chromium: { program: {}, vendor: {}, files: [] },
  cloakbrowser: {
    program: { name: "cloakbrowser", title: "CloakBrowser", program: "/opt/cloakbrowser/chrome" },
    vendor: {
      cloakbrowser: {
        version: "146.0.7680.177.5",
        url: "https://github.com/CloakHQ/CloakBrowser/releases/download/chromium-v{version}/cloakbrowser-linux-x64.tar.gz",
        sha256: "4a12bcde95fa1bb1beef2b41ab5e5c27c36be78e3be3d0dac8c64d705216670e",
        format: "tar.gz",
        programs: ["/opt/cloakbrowser/chrome"],
        newest: { githubRelease: "CloakHQ/CloakBrowser", tag: "^chromium-v([0-9.]+)$" },
      },
    },
    // The name in the image that this one replaces.
    files: [{ path: "/opt/cloakbrowser/cloakbrowser", link: "chrome" }],
  },
} as const;

const choice = BROWSERS[BROWSER];
const browser = chromium({ ...choice.program, argumentsFrom: "CLOAK_APP_ARGS", switch: "LAUNCH_CLOAK" });

/** Discord and a browser, to share the browser's window in a call. */
export default defineWorkspace({
  name: "void",
  title: "Void",
  description:
    "Discord and a browser on one desktop, both kept running, with a URL launcher for the browser.",
  categories: ["Communication", "Browser"],
  icon: "icon.svg",
  base: { distribution: "debian" },
  packages: [...browser.packages, ...ELECTRON_PACKAGES, "libc++1", "zenity", ...GTK4.packages],
  // CloakBrowser is not in nixpkgs: that image has Chromium, whatever is chosen above.
  nixpkgs: {
    packages: ["chromium", "discord", "liberation_ttf", "noto-fonts-color-emoji", "zenity"],
    unfree: ["discord"],
    programs: {
      "/usr/share/discord/Discord": "discord/bin/Discord",
      "/usr/share/discord/discord.png": "discord/share/icons/hicolor/256x256/apps/discord.png",
    },
  },
  environment: { ...GTK4.environment, START_URL: "https://kbve.com" },
  apps: [
    {
      name: "discord",
      title: "Discord",
      command: [
        "/usr/share/discord/Discord",
        ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      ],
      argumentsFrom: "APP_ARGS",
      switch: "LAUNCH_DISCORD",
      icon: "/usr/share/discord/discord.png",
      autostart: true,
      restart: "always",
      ready: { window: "discord" },
      stop: CHROMIUM_STOP,
      before: [
        // Discord's own update fails in a container, and without this it shows no window until the update succeeds.
        { mergeJson: "~/.config/discord/settings.json", fields: { SKIP_HOST_UPDATE: true } },
        { unlockChromium: "~/.config/discord" },
      ],
    },
    browser.app,
    TERMINAL,
    {
      name: "open-url",
      title: "Open URL in Browser",
      command: [`${SCRIPTS}/open-url.sh`],
      icon: `${ICONS}/open-url.svg`,
    },
    {
      name: "reload-browser",
      title: `Reload ${browser.app.title}`,
      command: [`${SCRIPTS}/reload-browser.sh`, browser.app.name],
      icon: `${ICONS}/reload.svg`,
    },
    {
      name: "reset-discord",
      title: "Reset Discord",
      command: [`${SCRIPTS}/reset-discord.sh`],
      icon: `${ICONS}/reset.svg`,
    },
  ],
  vendor: {
    discord: {
      version: "1.0.160",
      url: "https://stable.dl2.discordapp.net/apps/linux/{version}/discord-{version}.tar.gz",
      sha256: "3c3c874c23143aed0127c0d7ccb9ae246a80fc3d9685a33832e0541e885cf4d4",
      format: "tar.gz",
      directory: "/usr/share/discord",
      strip: 1,
      programs: ["/usr/share/discord/Discord"],
      newest: {
        redirect: "https://discord.com/api/download?platform=linux&format=tar.gz",
        version: "/apps/linux/([0-9.]+)/",
      },
    },
    ...choice.vendor,
  },
  files: [
    ...browser.files,
    ...choice.files,
    // Closing the window ends Discord, so that it is started again. The user may change this setting.
    {
      path: "/home/kasm-default-profile/.config/discord/settings.json",
      text: '{ "MINIMIZE_TO_TRAY": false }\n',
      owner: "kasm-user",
    },
    ...["open-url.sh", "reload-browser.sh", "reset-discord.sh"].map((name) => ({
      path: `/home/kasm-default-profile/scripts/${name}`,
      source: `files/scripts/${name}`,
      mode: "0755",
      owner: "kasm-user" as const,
    })),
    ...["open-url", "reload", "reset"].map((name) => ({
      path: `${ICONS}/${name}.svg`,
      source: `files/icons/${name}.svg`,
    })),
  ],
  launcher: browser.launcher,
  resources: { memory: "8GiB", cpus: 4, sharedMemory: "512MiB" },
});
