import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Faults, startFaults } from "../../helpers/faults.ts";
import type { FaultOptions } from "../../helpers/faults-folder.ts";

const TMPFS = ["--opt", "type=tmpfs", "--opt", "device=tmpfs"];
const OTHER_HOME = /^\/tmp\/kasmix-home-\d+$/;

/** Broken homes. The tests only look at them, so their containers start together. */
const HOMES = {
  "its .config is a file": { before: "rm -rf ~/.config; echo broken > ~/.config" },
  "full of things in the wrong place": {
    before: `rm -rf ~/.vnc ~/.cache ~/.local ~/.Xauthority
      for path in .vnc .cache .local; do echo broken > ~/$path; done
      mkdir -p ~/.Xauthority/folder ~/.config; echo broken > ~/.config/kasmix`,
  },
  "HOME names a file": { engineOptions: ["--env", "HOME=/etc/hostname"] },
  "mounted read-only": { readOnlyHome: true },
  "another user's": { home: [...TMPFS, "--opt", "o=uid=1234,gid=1234,mode=0700"] },
  "on a full disk": {
    home: [...TMPFS, "--opt", "o=uid=1000,size=1m,mode=0755"],
    before: "cat /dev/zero > ~/filling 2>/dev/null",
  },
} as const satisfies Record<string, FaultOptions>;

type Name = keyof typeof HOMES;

describe("a home that is", () => {
  const running = new Map<Name, Faults>();

  beforeAll(async () => {
    const services = { probe: { script: 'echo "$HOME $PWD" > /faults/probe.home; stay' } };
    const start = async ([name, options]: [string, FaultOptions]) =>
      running.set(name as Name, await startFaults({ services, ...options }));
    await Promise.all(Object.entries(HOMES).map(start));
  });

  afterAll(() => Promise.all([...running.values()].map((faults) => faults.remove())));

  test("its .config is a file: the desktop is complete, and the log says what cannot be kept", async () => {
    const faults = await up("its .config is a file");
    await faults.logged({ level: "error", event: "home.unseeded", message: /\.config.*Repair the home/ });
    for (const name of ["session-bus", "display", "desktop", "sound"]) await faults.until(name, "ready");
  });

  test("full of things in the wrong place: the log names each path, and every service runs", async () => {
    const faults = await up("full of things in the wrong place");
    await faults.logged({ message: /\.config\/kasmix.*Repair the home/ });
    await faults.logged({ message: /\.vnc\/kasmix\.pem/ });
    await faults.logged({ message: /\.Xauthority/ });
    for (const name of ["session-bus", "display", "desktop", "sound"]) await faults.until(name, "ready");
  });

  test.each(["HOME names a file", "mounted read-only", "another user's"] as const)(
    "%s: replaced by one under /tmp that is this user's, and the log says what to mount",
    async (name) => {
      const faults = await up(name);
      const { home } = await faults.logged({
        event: "home.fallback",
        message: /nothing will be kept. Mount/,
      });
      expect(home).toMatch(OTHER_HOME);
      expect(faults.marks("probe.home")).toEqual([expect.stringMatching(new RegExp(`^${home} `))]);
      expect(await faults.does('touch "$1/written" && test -O "$1"', String(home))).toBe(true);
      // `docker exec` gets HOME from the image, and people looked for their files there.
      for (const option of ["-c", "-lc", "-ic"])
        expect(await faults.container.exec("bash", option, "echo $HOME")).toBe(home);
      expect(await faults.container.exec("kasmixctl", "status")).toContain(
        "Warning: uid 1000 cannot write to",
      );
      await faults.until("desktop", "ready");
      await faults.until("sound", "ready");
    },
  );

  test("another user's: a service with that directory runs in the home that replaces it", async () => {
    const faults = await up("another user's");
    expect(faults.marks("probe.home")).toEqual([expect.stringMatching(/^(\S+) \1$/)]);
  });

  test("on a full disk: the desktop is ready, and the log says that there is no space", async () => {
    const faults = await up("on a full disk");
    await faults.logged({ level: "error", event: "home.unseeded", message: /ENOSPC.*free space/ });
    await faults.logged({ level: "warn", event: "certificate.unkept" });
    await faults.until("desktop", "ready");
    expect(await faults.does("echo x > ~/more")).toBe(false);
    await faults.container.exec("rm", "/home/kasm-user/filling");
    expect(await faults.does("echo x > ~/more")).toBe(true);
  });

  /** What they have in common: the container is up, the desktop ready, a service started exactly once. */
  async function up(name: Name): Promise<Faults> {
    const faults = running.get(name);
    if (!faults) throw new Error(`${name} does not run`);
    await faults.desktopReady();
    await faults.container.ready();
    await faults.until("probe", "ready");
    await faults.hasStarted("probe", 1);
    await faults.isUp();
    return faults;
  }
});
