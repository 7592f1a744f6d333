import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { painted, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { sharedBrowser, sharedDesktop } from "../helpers/shared.ts";

/** The options of a pod of `kasmix manifest`, for an engine. Every container of Kasmix has the last three. */
const HARDENED = [
  ...["--read-only", "--tmpfs", "/tmp", "--tmpfs", "/run"],
  ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
];

const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  "uid 1000": HARDENED,
  "any uid with group 0": [...HARDENED, "--user", "123456:0"],
  "nothing writable but /tmp": HARDENED.filter(
    (word, index) => HARDENED[index + 1] !== "/run" && word !== "/run",
  ),
};

const running = new Map<string, TestContainer>();

beforeAll(async () => {
  const start = async ([name, engineOptions]: [string, readonly string[]]) =>
    running.set(name, await startContainer({ image: inject("image"), engineOptions }));
  await Promise.all(Object.entries(VARIANTS).map(start));
});

afterAll(() => Promise.all([...running.values()].map((container) => container.remove())));

test("a container needs no capability, no new privileges and no exception from the filter for system calls", async () => {
  const { container } = await sharedDesktop();
  await hasNoRights(container);
  expect(await container.shell("id -u")).toBe("1000");
});

describe.each(Object.keys(VARIANTS))("a read-only root without capabilities, %s", (name) => {
  const container = () => running.get(name) as TestContainer;

  test("the desktop is painted, every service is ready, and the home is kept", async () => {
    const { url, settings } = container();
    const { page } = await visit(await sharedBrowser(), url, settings.password);
    await painted(page, `confined-${Object.keys(VARIANTS).indexOf(name)}`);
    await page.context().close();
    const services = Object.values(await container().services());
    expect(services.map(({ status, starts }) => [status, starts])).toEqual(services.map(() => ["ready", 1]));
    expect(await container().shell("echo kept > ~/kept.txt; cat ~/kept.txt")).toBe("kept");
  });

  test("the kernel grants nothing more", async () => {
    await hasNoRights(container());
    const written = await container().attempt("sh", "-c", "touch /etc/new /usr/new /opt/new /var/tmp/new");
    expect(written.stderr.match(/Read-only file system|Permission denied/g)).toHaveLength(4);
    expect(await container().inspect("{{.HostConfig.ReadonlyRootfs}}")).toBe("true");
  });

  // `whoami` in `docker exec` knew no name although the desktop had one.
  test("what docker exec runs has the desktop's home and user name", async () => {
    const panel = `tr '\\0' '\\n' < /proc/$(pgrep -o xfce4-panel)/environ | grep -E '^(HOME|USER)=' | sort`;
    const own = `echo HOME=$HOME; echo USER=$(whoami); python3 -c 'import pwd, os; print(pwd.getpwuid(os.getuid()).pw_dir)'`;
    const [home, user] = (await container().shell(panel)).split("\n");
    expect(await container().shell(own)).toBe([home, user, home?.slice("HOME=".length)].join("\n"));
  });

  test("the log has no warning", async () => {
    const lines = (await container().log()).filter((line) => /"level":"(warn|error|fatal)"/.test(line));
    expect(lines).toEqual([]);
  });
});

/** Checks the rights of process 1: no capability in any set, no way to more, and a filter for system calls. */
async function hasNoRights(container: TestContainer): Promise<void> {
  const status = await container.exec("cat", "/proc/1/status");
  const none = "0".repeat(16);
  for (const set of ["Inh", "Prm", "Eff", "Bnd", "Amb"]) expect(status).toContain(`Cap${set}:\t${none}`);
  expect(status).toContain("NoNewPrivs:\t1");
  expect(status).toContain("Seccomp:\t2");
}
