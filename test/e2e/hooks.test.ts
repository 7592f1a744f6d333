import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Outcome } from "../../src/engine/process.ts";
import { createContainer, type TestContainer } from "../helpers/container.ts";

const STARTUP = "/dockerstartup/custom_startup.sh";

/** What Kasm's platform runs by `docker exec` as soon as the container runs. */
describe("Kasm's hooks", () => {
  let container: TestContainer;
  /** Run in the container's first moments. */
  let early: Record<"postRun" | "firstLaunch" | "go" | "assign", Outcome>;

  beforeAll(async () => {
    container = await createContainer({
      image: inject("image"),
      engineOptions: ["--env", "KASM_PROFILE_LDR=1", "--env", "KASM_ID=a1b2"],
    });
    await container.start();
    const [postRun, firstLaunch, go, assign] = await Promise.all([
      container.attempt("/dockerstartup/kasm_post_run_user.sh"),
      container.attempt("bash", "-c", "desktop_ready && wmctrl -m && echo ready"),
      // Firefox is the first app; this page of its own needs no network.
      container.attempt("sh", "-c", `${STARTUP} --go --url about:license >/tmp/go.log 2>&1 &`),
      container.attempt("bash", "-c", `${STARTUP} --assign --url ""`),
    ]);
    early = { postRun, firstLaunch, go, assign };
  });

  afterAll(() => container?.remove());

  test("kasm_post_run_user.sh prints the state of the services", () => {
    expect(early.postRun).toMatchObject({ ok: true, stdout: expect.stringMatching(/^display +[a-z]+/m) });
  });

  test("first_launch waits for the desktop, however early it is called", () => {
    expect(early.firstLaunch).toMatchObject({
      ok: true,
      stdout: expect.stringMatching(/Xfwm4[\s\S]*ready$/),
    });
  });

  test("go opens its URL as soon as there is a desktop, and assign without a URL does nothing", async () => {
    expect(early.assign).toMatchObject({ ok: true, stdout: expect.stringContaining("nothing to open") });
    expect(early.go).toMatchObject({ ok: true });
    await container.shows("Firefox");
    expect(await container.exec("cat", "/tmp/go.log")).not.toMatch(/cannot open display/i);
  });

  test("root's hooks work as root", async () => {
    for (const hook of [
      "kasm_post_run_root.sh",
      "kasm_pre_shutdown_root.sh",
      "kasm_end_session_recoverable.sh",
    ]) {
      const run = ["exec", "--user", "root", container.name, `/dockerstartup/${hook}`];
      expect(await container.engine.attempt(run)).toMatchObject({ ok: true });
    }
  });

  test("other names of Kasm's images and of Red Hat lead where they should", async () => {
    await container.shell(`
      [ "$(readlink -f /entrypoint.sh)" = "$STARTUPDIR/vnc_startup.sh" ]
      [ "$(readlink -f "$STARTUPDIR/kasm_startup.sh")" = "$STARTUPDIR/vnc_startup.sh" ]
      grep -q "BEGIN CERTIFICATE" /etc/pki/tls/certs/ca-bundle.crt
      printer_ready && smartcard_ready`);
  });

  test("the log names what the platform sets and this container does not do", async () => {
    const lines = (await container.log()).join("\n");
    expect(lines).toContain(
      "KASM_PROFILE_LDR has no effect: the platform's profiles are neither loaded nor kept",
    );
    expect(lines).not.toContain("path.unsupported");
  });

  test("kasm_pre_shutdown_user.sh lets every program write its data, and the container stays up", async () => {
    const program = `trap 'sleep 0.5; echo written > ~/saved; exit' TERM
echo > ~/runs
while :; do sleep 0.05; done`;
    const entry = "[Desktop Entry]\nType=Application\nName=Saver\nExec=sh /home/kasm-user/saver\n";
    await container.shell(
      `mkdir -p ~/.config/autostart; printf %s "$1" > ~/saver; printf %s "$2" > ~/.config/autostart/saver.desktop`,
      program,
      entry,
    );
    await container.exec("kasmixctl", "restart", "desktop");
    await container.shell("until [ -e ~/runs ]; do sleep 0.05; done");
    expect(await container.attempt("/dockerstartup/kasm_pre_shutdown_user.sh")).toMatchObject({ ok: true });
    expect(await container.shell("cat ~/saved")).toBe("written");
    expect((await container.services()).desktop?.status).toBe("stopped");
    expect(await container.inspect("{{.State.Running}} {{.RestartCount}}")).toBe("true 0");
  });
});
