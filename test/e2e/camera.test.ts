import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { visit } from "../helpers/browser.ts";
import { CHROMIUM } from "../helpers/chromium.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedDesktop } from "../helpers/shared.ts";

/** A camera whose picture moves. */
const FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** Watches the camera, and says in its title how large it is and how many different pictures it has seen. */
const PAGE = `<!doctype html><title>camera?</title><video autoplay muted></video><script>
const video = document.querySelector("video");
const canvas = new OffscreenCanvas(64, 48).getContext("2d", { willReadFrequently: true });
const seen = new Set();
navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => {
  video.srcObject = stream;
  setInterval(() => {
    canvas.drawImage(video, 0, 0, 64, 48);
    seen.add(canvas.getImageData(0, 0, 64, 48).data.join());
    const [{ label }] = stream.getVideoTracks();
    if (seen.size > 4) document.title = [label, video.videoWidth, video.videoHeight, "moves"].join(" ");
  }, 100);
}, (error) => { document.title = String(error); });
</script>`;

/** Starts Firefox as the session would, with a page that it asks nobody about. */
const WATCH = `
  mkdir -p /tmp/camera/profile && cd /tmp/camera && printf %s "$1" > index.html
  echo 'user_pref("media.navigator.permission.disabled", true);' > profile/user.js
  python3 -m http.server 8765 --bind 127.0.0.1 >/dev/null 2>&1 & echo $! > server
  export LD_PRELOAD=/opt/kasmix/devices.so KASMIX_CAMERA=$XDG_RUNTIME_DIR/camera/video0
  firefox-esr --profile /tmp/camera/profile --new-instance http://localhost:8765/ >/dev/null 2>&1 &`;

describe("the camera", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    browser = await chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args, ...FAKE] });
    ({ container } = await sharedDesktop());
  });

  afterAll(async () => {
    await browser?.close();
    // Its windows are closed by the next file.
    await container?.attempt("sh", "-c", "kill $(cat /tmp/camera/server)");
  });

  test("of the visitor's browser is one for Firefox on the desktop", async () => {
    const { url, settings } = container;
    const { page } = await visit(browser, url, settings.password, { permissions: ["camera"] });
    await openPanel(page, "sound");
    await page.getByRole("button", { name: "Turn camera on" }).click();
    // The camera goes on while nobody sees its picture there.
    await page.getByRole("button", { name: "Close controls" }).click();
    await container.shell(WATCH, PAGE);
    await container.shows("Camera of the browser 640 480 moves");
    expect(await container.log()).toContainEqual(expect.stringContaining("camera.on"));
    await page.locator("#camera-sign").click();
    await eventually(
      async () => expect(await container.log()).toContainEqual(expect.stringContaining("camera.off")),
      { timeout: PATIENCE },
    );
  });
});
