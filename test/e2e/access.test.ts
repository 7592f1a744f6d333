import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { ask, openSocket } from "../helpers/gateway.ts";
import { sharedBrowser, sharedDesktop } from "../helpers/shared.ts";

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

  test("neither a program on the desktop, a command line nor the log has the password", async () => {
    const script = `for process in /proc/[0-9]*; do
      echo "== $(cat $process/comm)"
      tr '\\0' '\\n' < $process/cmdline
      tr '\\0' '\\n' < $process/environ
    done 2>/dev/null`;
    const processes = (await container.shell(script)).split(/^== /m).slice(1);
    const holders = processes.filter((text) => text.includes(password)).map((text) => text.split("\n")[0]);
    expect(processes.length).toBeGreaterThan(8);
    // The engine gives it to the first process, to its child the gateway, and to every exec.
    expect(holders.filter((name) => !["tini", "node", "sh", "tr", "cat"].includes(name ?? ""))).toEqual([]);
    const lines = await container.shell(`cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'`);
    expect(lines).not.toContain(password);
    expect((await container.log()).join("\n")).not.toContain(password);
    expect(await container.shell("cat /tmp/*.log")).not.toContain(password);
  });
});

describe("access behind a proxy", () => {
  let own: TestContainer;

  beforeAll(async () => {
    // A pause for this machine would lock other tests out of a shared one.
    own = await startContainer({
      image: inject("image"),
      // Docker's own networks, through which this machine comes.
      engineOptions: [
        ...["--env", "KASMIX_TLS=0", "--env", "KASMIX_BASE_PATH=/desk/"],
        ...["--env", "KASMIX_TRUSTED_PROXIES=172.16.0.0/12 192.168.0.0/16"],
      ],
    });
  });

  afterAll(() => own.remove());

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
    await eventually(attempt, { timeout: PATIENCE });
    expect((await ask(port, "/healthz")).status).toBe(200);
    const admitted = async () => expect((await ask(port, "/", { password })).status).toBe(200);
    await eventually(admitted, { timeout: PATIENCE });
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
