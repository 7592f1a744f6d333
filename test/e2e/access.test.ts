import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { screenshot, stateIs, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { ask, openSocket } from "../helpers/gateway.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedBrowser, sharedDesktop, VIEWER_PASSWORD } from "../helpers/shared.ts";
import { signIn } from "../helpers/sign-in.ts";

describe("access to the desktop", () => {
  let container: TestContainer;
  let port: number;
  let password: string;

  beforeAll(async () => {
    ({ container } = await sharedDesktop());
    ({ port, password } = container.settings);
  });

  test("without a password every address but the health checks answers 401, also one that does not exist", async () => {
    for (const path of [
      "/",
      "/vnc.html",
      "/main.js",
      "/statez",
      "/metrics",
      "/nothing",
      "/..%2f..%2fetc/passwd",
    ]) {
      const { status, headers, body } = await ask(port, path);
      expect([path, status, body]).toEqual([path, 401, "password needed"]);
      expect(headers["www-authenticate"]).toMatch(/^Basic realm=/);
    }
  });

  test("the health checks need no password and tell no secret", async () => {
    const health = await ask(port, "/healthz");
    expect([health.status, JSON.parse(health.body)]).toEqual([
      200,
      { status: "ok", lag: expect.any(Number) },
    ]);
    expect(await ask(port, "/readyz")).toMatchObject({ status: 200, body: "ready" });
  });

  test("the right password opens the client", async () => {
    const { status, headers, body } = await ask(port, "/", { password });
    expect(status).toBe(200);
    expect(headers["content-type"]).toContain("text/html");
    expect(body).toContain("Remote desktop");
    expect((await ask(port, "/vnc.html", { password })).body).toBe(body);
  });

  test("a person signs in by the page, with the desktop's name and picture, and out again", async () => {
    const browser = await sharedBrowser();
    const { page } = await visit(browser, container.url, password);
    const [cookie] = await page.context().cookies();
    const session = { headers: { Cookie: `${cookie?.name}=${cookie?.value}` } };
    expect((await ask(port, "/statez", session)).status).toBe(200);
    await openPanel(page, "more");
    const signOut = page.getByRole("button", { name: "Sign out" });
    await signOut.scrollIntoViewIfNeeded();
    await screenshot(page, "sign-out");
    await signOut.click();
    await page.getByLabel("Password").waitFor();
    expect((await ask(port, "/statez", session)).status).toBe(401);
    await page.getByRole("heading", { name: "Kasmix Desktop" }).waitFor();
    expect(await page.evaluate("document.querySelector('img').naturalWidth")).toBeGreaterThan(0);
    await screenshot(page, "sign-in");
    await page.getByLabel("Password").fill(`${password}x`);
    await page.keyboard.press("Enter");
    await page.getByText("The user name or the password is wrong.").waitFor();
    await signIn(page, password);
    await stateIs(page, "connected");
    await page.context().close();
  });

  test("every answer carries the security headers", async () => {
    for (const [path, options] of [
      ["/", { password }],
      ["/", {}],
      ["/healthz", {}],
    ] as const) {
      const { headers } = await ask(port, path, options);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'self';.*frame-ancestors 'self'$/);
      expect(headers["content-security-policy"]).not.toMatch(/'unsafe-(inline|eval)'/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    }
  });

  test("the desktop's WebSocket is refused without credentials and to foreign pages, and speaks RFB otherwise", async () => {
    expect(await openSocket(port)).toBe(401);
    expect(await openSocket(port, { password: `${password}x` })).toBe(401);
    expect(await openSocket(port, { password, headers: { Origin: "https://example.org" } })).toBe(403);
    expect(await openSocket(port, { password })).toMatch(/^RFB 003\.008\n/);
  });

  test("no command line, log, file or answer of the control socket has a password", async () => {
    const places = [
      "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'",
      "cat /tmp/*.log",
      "find /tmp/kasmix-1000 ~/.config/kasmix ~/.vnc -type f -exec cat {} + | tr -d '\\0'",
      "kasmixctl status --json; kasmixctl logs --json",
    ];
    const read = [...(await container.log()), await container.shell(places.join("\n"))].join("\n");
    expect(read).toContain("-----BEGIN PRIVATE KEY-----");
    expect(read).toContain('"event":"service"');
    for (const secret of [password, VIEWER_PASSWORD]) expect(read).not.toContain(secret);
  });

  test("the log has the display server's connections without their statistics", async () => {
    const log = (await container.log()).join("\n");
    expect(log).toContain("Connections: Accepted");
    expect(log).not.toMatch(/EncodeManager|ComparingUpdateTracker/);
  });
});

describe("access to a container of its own, behind a proxy", () => {
  let own: TestContainer;

  beforeAll(async () => {
    // A pause for this machine would lock other tests out of a shared one.
    own = await startContainer({
      image: inject("image"),
      // Docker's own networks, through which this machine comes.
      engineOptions: [
        ...["--env", "KASMIX_TLS=0", "--env", "KASMIX_BASE_PATH=/desk/"],
        ...["--env", `VNC_VIEW_ONLY_PW=${VIEWER_PASSWORD}`],
        ...["--env", "KASMIX_TRUSTED_PROXIES=172.16.0.0/12 192.168.0.0/16"],
      ],
    });
  });

  afterAll(() => own.remove());

  // A participant, who is not the owner, could open a terminal and read the owner's password in /proc/1/environ.
  // In a container of its own: what other tests leave running there has the variables of their `docker exec`.
  test("a program on the desktop cannot look into the entrypoint, and sees no password in any other process", async () => {
    const names = ["VNC_PW", "VNC_VIEW_ONLY_PW", "URL_LAUNCHER_TOKEN"];
    const withoutSecrets = names.flatMap((name) => ["--env", `${name}=`]);
    const onDesktop = (...command: string[]) =>
      own.engine.run(["exec", ...withoutSecrets, own.name, ...command]);
    const script = `for pid in 1 $(pgrep -f '^/usr/bin/node .*entrypoint'); do
      for file in environ mem maps fd/1; do head -c 1 /proc/$pid/$file 2>&1; done
      ls /proc/$pid/fd 2>&1
    done; true`;
    const answers = (await onDesktop("sh", "-c", script)).split("\n");
    expect(answers).toEqual(Array(10).fill(expect.stringContaining("Permission denied")));

    const thief = readFileSync(join(import.meta.dirname, "fixtures/thief.py"), "utf8");
    const secrets = [own.settings.password, VIEWER_PASSWORD];
    const looked = onDesktop(
      "sh",
      "-c",
      `python3 -c "$@" | tee /tmp/thief`,
      "sh",
      thief,
      "/tmp/thief.stop",
      ...secrets,
    );
    await onDesktop("sh", "-c", "until grep -qs looking /tmp/thief; do :; done");
    const healthCheck = JSON.parse(await own.inspect("{{json .Config.Healthcheck.Test}}")) as string[];
    for (const command of [
      healthCheck.slice(1),
      ["kasmixctl", "status"],
      ["desktop_ready"],
      ["/dockerstartup/kasm_post_run_user.sh"],
      ["/dockerstartup/custom_startup.sh", "--go"],
      // What the operator runs itself has the container's variables: so the thief is seen to work.
      ["timeout", "1", "tail", "-f", "/dev/null"],
    ]) {
      await own.attempt(...command);
    }
    await onDesktop("touch", "/tmp/thief.stop");
    const { rounds, found } = JSON.parse((await looked).split("\n").at(-1) ?? "") as {
      rounds: number;
      found: string[];
    };
    expect(rounds).toBeGreaterThan(10);
    const tail = ["tail -f /dev/null", "timeout 1 tail -f /dev/null"];
    expect(found.filter((command) => !tail.includes(command))).toEqual([]);
    expect(found).toContain(tail[0]);
  });

  test("wrong passwords get 401, and five of them a pause for the right one too", async () => {
    const { port, password } = own.settings;
    const wrong = () => ask(port, "/", { password: "wrong" });
    // The pause is one second: on a busy machine the next request may come later, and then the count starts again.
    const attempt = async () => {
      expect((await ask(port, "/", { password })).status).toBe(200);
      const statuses: number[] = [];
      for (let failure = 0; failure < 5; failure++) statuses.push((await wrong()).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401]);
      const refused = await ask(port, "/", { password });
      expect(refused.status).toBe(429);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    };
    // Attempts during a pause count: thirty altogether are a pause for each account.
    const seldom = { timeout: PATIENCE, interval: 500 };
    await eventually(attempt, seldom);
    expect((await ask(port, "/healthz")).status).toBe(200);
    const admitted = async () => expect((await ask(port, "/", { password })).status).toBe(200);
    await eventually(admitted, seldom);
    expect((await ask(port, "/", { user: "root", password })).status).toBe(401);
  });

  // Guesses of one visitor paused all others behind the same proxy.
  test("a trusted proxy's visitors are paused one by one", async () => {
    const { port, password } = own.settings;
    const from = (address: string) => ({ headers: { "X-Forwarded-For": address } });
    for (let attempt = 0; attempt < 20; attempt++)
      await ask(port, "/", { password: "wrong", ...from("198.51.100.1") });
    expect((await ask(port, "/", { password, ...from("198.51.100.1") })).status).toBe(429);
    expect((await ask(port, "/", { password, ...from("198.51.100.2") })).status).toBe(200);
  });

  // Without TLS there were redirects for ever, and below a path nothing was found.
  test("by plain HTTP and below a path the desktop opens in the browser", async () => {
    const { port, password } = own.settings;
    const { page, complaints } = await visit(
      await sharedBrowser(),
      `http://localhost:${port}/desk`,
      password,
    );
    expect(page.url()).toBe(`http://localhost:${port}/desk/`);
    expect(complaints).toEqual([]);
    expect((await own.log()).join("\n")).toContain('"event":"gateway.plain"');
  });
});

test("a desktop that nobody uses counts down in the page, goes on with a key, and then stops with exit code 0", async () => {
  const idle = await startContainer({
    image: inject("image"),
    engineOptions: [
      ...["--restart", "no", "--env", "KASMIX_IDLE_LIMIT=30s", "--env", "KASMIX_SESSION_END=stop"],
    ],
  });
  try {
    const { page } = await visit(await sharedBrowser(), idle.url, idle.settings.password);
    const notice = page.locator("#limit-notice");
    const shown = { timeout: PATIENCE };
    await notice.waitFor(shown);
    await page.keyboard.press("Shift");
    await notice.waitFor({ ...shown, state: "hidden" });
    await notice.waitFor(shown);
    await screenshot(page, "idle");
    await page.getByText("nobody used the desktop for a while").first().waitFor(shown);
    const state = () => idle.inspect("{{.State.Status}} {{.State.ExitCode}}");
    await eventually(async () => expect(await state()).toBe("exited 0"), shown);
    expect((await idle.log()).join("\n")).toContain('"event":"session.over"');
    await page.context().close();
  } finally {
    await idle.remove();
  }
});
