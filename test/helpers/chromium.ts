/** How tests start Debian's Chromium: as root, and without requests to other machines. */
export const CHROMIUM = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** The same without a browser's window around the page: a visit takes a third of the processor's time. */
export const HEADLESS = { ...CHROMIUM, executablePath: "/usr/bin/chromium-headless-shell" };
