import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createContainer, startContainer, type TestContainer } from "../helpers/container.ts";
import { electronAppAt, readAppDatabase } from "../helpers/electron-app.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { loadImage, type TestImage } from "../helpers/image.ts";

const PROFILE = "~/.config/Signal";

/** A program that behaves like Signal replaces it: the tests download nothing. */
describe("the workspace signal", () => {
  let image: TestImage;
  let container: TestContainer;

  beforeAll(async () => {
    image = await loadImage("signal", "--without-vendor");
    const engineOptions = electronAppAt("/opt/Signal/signal-desktop");
    container = await startContainer({ image, engineOptions });
  });

  afterAll(() => container?.remove());

  const statusIs = (status: string) =>
    eventually(async () => expect((await container.services()).signal?.status).toBe(status), {
      timeout: PATIENCE,
    });
  const pid = async () => (await container.services()).signal?.pid;
  const otherThan = (before: number | undefined) =>
    eventually(async () => expect(await pid()).not.toBe(before), { timeout: PATIENCE });

  /** Waits until its database grows: the app works, not only its window. */
  async function writes(): Promise<void> {
    const { rows } = await readAppDatabase(container, PROFILE);
    const grown = async () => expect((await readAppDatabase(container, PROFILE)).rows).toBeGreaterThan(rows);
    await eventually(grown, { timeout: PATIENCE });
  }

  test("starts Signal with the desktop, without its sandbox; its window makes it ready", async () => {
    await statusIs("ready");
    await container.shows("Signal");
    const words = (await container.shell(`tr '\\0' ' ' < "/proc/$1/cmdline"`, String(await pid()))).split(
      " ",
    );
    expect(words).toEqual(expect.arrayContaining(["--no-sandbox", "--password-store=basic"]));
    await writes();
  });

  test("its processes are a tree under the supervisor, the desktop's parts under the session", async () => {
    const table = (await container.exec("ps", "-eo", "pid=,ppid=,comm=")).split("\n").map((line) => {
      const [process = "", parent = "", ...name] = line.trim().split(/\s+/);
      return { process, parent, name: name.join(" ") };
    });
    const idOf = (name: string) => table.find((row) => row.name === name)?.process;
    const below = (id?: string) => table.filter(({ parent }) => parent === id).map(({ name }) => name);
    expect(below("1")).toEqual(expect.arrayContaining(["node"]));
    expect(below(idOf("node"))).toEqual(
      expect.arrayContaining(["dbus-daemon", "Xtigervnc", "xfce4-session", "pulseaudio", "signal-desktop"]),
    );
    expect(below(idOf("xfce4-session"))).toEqual(
      expect.arrayContaining(["xfwm4", "xfdesktop", "xfce4-panel"]),
    );
  });

  test("starts it again when its window is closed", async () => {
    const before = await pid();
    await container.exec("wmctrl", "-c", "Signal");
    await otherThan(before);
    await statusIs("ready");
    await writes();
  });

  test("starts it again when it is killed, in spite of its own lock, with its database whole", async () => {
    const before = await pid();
    await container.exec("kill", "-KILL", String(before));
    await otherThan(before);
    await statusIs("ready");
    await writes();
    expect(await container.shell(`readlink ${PROFILE}/SingletonLock`)).toBe(`kasm-${await pid()}`);
    expect(await readAppDatabase(container, PROFILE)).toMatchObject({ integrity: "ok" });
  });

  test("its icon does not start a second one", async () => {
    const before = await pid();
    await container.exec("kasmixctl", "launch", "signal");
    await eventually(
      async () => expect((await container.log()).join("\n")).toContain(`runs already: kasm-${before}`),
      { timeout: PATIENCE },
    );
    expect(await pid()).toBe(before);
  });

  test("docker stop while it writes closes the database first", async () => {
    const { closed } = await readAppDatabase(container, PROFILE);
    await writes();
    await container.engine.run(["stop", container.name]);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("0");
    await container.engine.run(["start", container.name]);
    await container.ready();
    await statusIs("ready");
    const after = await readAppDatabase(container, PROFILE);
    expect(after.integrity).toBe("ok");
    expect(after.closed).toEqual([...closed, "closed: ['TERM'], helper lives"]);
  });

  test("another container with the same home has all its data", async () => {
    const data = "~/.local/share/Signal";
    await container.shell(`mkdir -p ${data}; echo attachment > ${data}/kept`);
    await container.engine.run(["stop", container.name]);
    await container.remove({ keepHome: true });
    await container.start();
    await container.ready();
    await statusIs("ready");
    expect(await container.shell(`cat ${data}/kept`)).toBe("attachment");
    const { integrity, closed } = await readAppDatabase(container, PROFILE);
    expect(integrity).toBe("ok");
    expect(closed.length).toBeGreaterThan(1);
  });
});

test("without Signal a window says so, and the workspace is ready", async () => {
  const image = await loadImage("signal", "--without-vendor");
  const container = await createContainer({ image });
  try {
    await container.start();
    await container.ready();
    await container.shows("Signal (not in this image)");
    await eventually(async () => expect((await container.services()).signal?.status).toBe("ready"), {
      timeout: PATIENCE,
    });
  } finally {
    await container.remove();
  }
});
