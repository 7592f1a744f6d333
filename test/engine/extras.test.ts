import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExtraFlags, hostTimeZone, readExtras, renderExtras } from "../../src/engine/extras.ts";
import {
  createEnvironment,
  fingerprint,
  type RunSettings,
  renderCreateArguments,
} from "../../src/engine/settings.ts";
import type { Fault } from "../../src/model/error.ts";
import { type Device, layMachine } from "../helpers/gpu.ts";

const NONE: ExtraFlags = { env: [], "env-file": [], volume: [], publish: [], device: [], gpu: [] };
const SUBJECT = {
  gpuPlaces: { dev: "/nowhere" },
  bind: "127.0.0.1",
  port: 6901,
  volumes: [{ name: "projects", path: "/srv/projects" }],
  variables: { TZ: "UTC" },
  environment: { VNC_VIEW_ONLY_PW: "watch" },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-extras-"));
  mkdirSync(join(folder, "tls"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (flags: Partial<ExtraFlags>, subject: object = {}) =>
  readExtras({ ...NONE, ...flags }, { ...SUBJECT, ...subject });

function faultsOf(flags: Partial<ExtraFlags>): readonly Fault[] {
  try {
    read(flags);
  } catch (error) {
    return (error as { faults: readonly Fault[] }).faults;
  }
  throw new Error("no fault");
}

it("takes variables by name and value, by name alone, and from files, of which later ones and flags win", () => {
  const [first, second] = [join(folder, "first.env"), join(folder, "second.env")];
  writeFileSync(first, '# comment\n\nA=from first\r\nB=from first\n  C="quoted" = x \n');
  writeFileSync(second, "B=from second\nVNC_VIEW_ONLY_PW");
  const env = ["D=a=b\nc", "A=from flag", "EMPTY="];
  expect(read({ env, "env-file": [first, second] }).environment).toEqual({
    A: "from flag",
    B: "from second",
    C: '"quoted" = x ',
    D: "a=b\nc",
    EMPTY: "",
    VNC_VIEW_ONLY_PW: "watch",
  });
});

it("makes paths absolute, and binds further ports to the address of the first", () => {
  expect(
    read({
      volume: [`${folder}/tls:/etc/kasmix/tls:ro`, "./docs:/home/kasm-user/docs", "cache:/var/cache/x:z,ro"],
      publish: ["4902:4902", "0.0.0.0:9998:9998", "[::1]:5000:4901/udp", "4903"],
      device: ["/dev/null", "/dev/zero:/dev/nil:r", "nvidia.com/gpu=all"],
      gpu: ["nvidia"],
    }),
  ).toEqual({
    environment: {},
    volumes: [
      `${folder}/tls:/etc/kasmix/tls:ro`,
      `${process.cwd()}/docs:/home/kasm-user/docs`,
      "cache:/var/cache/x:z,ro",
    ],
    publish: [
      "127.0.0.1:4902:4902/tcp",
      "0.0.0.0:9998:9998/tcp",
      "[::1]:5000:4901/udp",
      "127.0.0.1:4903:4903/tcp",
    ],
    devices: ["/dev/null", "/dev/zero:/dev/nil:r", "nvidia.com/gpu=all"],
    nvidia: ["all"],
    groups: [],
  });
});

it("refuses everything that cannot be, all at once, with the fix and without any value", () => {
  writeFileSync(join(folder, "bad.env"), "GOOD=1\n=hunter2\nUNSET\n");
  const faults = faultsOf({
    env: ["1X=hunter2", "NOT_SET", "VNC_PW=", "NO_VNC_PORT=7000"],
    "env-file": [join(folder, "none.env"), join(folder, "bad.env")],
    volume: [
      ...["/nowhere:/x", "a/b:/x", "tls:relative", "/etc:/a:rx", "v1:/home/kasm-user", "v1:/srv/projects/"],
      ...["v1:/y", "v2:/y", "just-one"],
    ],
    publish: ["http:80", "70000:1", "7000:6901", "6901:4901", "5000:4901", "5000:4902"],
    device: ["/dev/nothing", "null", "/dev/null:/x:q"],
    gpu: ["auto", "some", "/dev/dri/renderD999"],
  });
  expect(faults.map(({ path, message }) => `${path}: ${message}`.replaceAll(folder, "FOLDER"))).toEqual([
    expect.stringMatching(/^--env-file: FOLDER\/none.env cannot be read: ENOENT/),
    "FOLDER/bad.env:2: the name of a variable is missing or invalid",
    "FOLDER/bad.env:3: UNSET is not set here",
    "--env: the name of a variable is missing or invalid",
    "--env: NOT_SET is not set here",
    "--env: VNC_PW is empty",
    "--env: NO_VNC_PORT is the port in the container, which must stay 6901",
    "--volume /nowhere:/x: /nowhere does not exist",
    '--volume a/b:/x: "a/b" is neither a path nor a volume\'s name',
    "--volume tls:relative: is not SOURCE:PATH",
    '--volume /etc:/a:rx: there is no option "rx"',
    "--volume v1:/home/kasm-user: /home/kasm-user is mounted already",
    "--volume v1:/srv/projects/: /srv/projects is mounted already",
    "--volume v2:/y: /y is mounted already",
    "--volume just-one: is not SOURCE:PATH",
    "--publish http:80: is not [ADDRESS:]PORT:PORT",
    "--publish 70000:1: is not [ADDRESS:]PORT:PORT",
    "--publish 7000:6901: port 6901 is published already",
    "--publish 6901:4901: port 6901 is given twice",
    "--publish 5000:4902: port 5000 is given twice",
    "--device /dev/nothing: /dev/nothing does not exist",
    "--device null: is not a device",
    "--device /dev/null:/x:q: is not a device",
    "--gpu: this machine has no GPU: neither a render node in /dev/dri nor /dev/nvidiactl",
    "--gpu=some: names no GPU",
    "--gpu=/dev/dri/renderD999: does not exist",
  ]);
  expect(faults.every(({ fix }) => fix !== undefined)).toBe(true);
  expect(JSON.stringify(faults)).not.toContain("hunter2");
});

it("gives the container this machine's time zone, unless a flag or the workspace sets one", () => {
  const link = join(folder, "localtime");
  symlinkSync("/usr/share/zoneinfo/America/Argentina/Ushuaia", link);
  const host = (environment: NodeJS.ProcessEnv) => ({ variables: {}, environment, localtime: link });
  expect(read({}, host({})).environment).toEqual({ TZ: "America/Argentina/Ushuaia" });
  expect(read({}, host({ TZ: ":Asia/Tokyo" })).environment).toEqual({ TZ: "Asia/Tokyo" });
  expect(read({ env: ["TZ=UTC"] }, host({ TZ: "Asia/Tokyo" })).environment).toEqual({ TZ: "UTC" });
  expect(read({}).environment).toEqual({});
  expect(hostTimeZone({}, join(folder, "none"))).toBeUndefined();
  expect(hostTimeZone({ TZ: "CET-1CEST" }, link)).toBe("CET-1CEST");
  expect(hostTimeZone({ TZ: "/etc/passwd" }, link)).toBeUndefined();
});

const SETTINGS: RunSettings = {
  workspace: "desktop",
  image: "kasmix/desktop:latest",
  digest: "sha256:1234",
  id: "sha256:5678",
  ...{ port: 6901, bind: "127.0.0.1", volumes: [], password: "a secret" },
  ...{ memory: "2GiB", cpus: 2, sharedMemory: "512MiB", pidsLimit: 2000 },
};

it("shows no value to a process list, but for names that would change what the engine's program does", () => {
  const extras = read({ env: ["VNC_VIEW_ONLY_PW=hunter2", "HOME=/x", "DOCKER_HOST=y"], publish: ["4902"] });
  const settings = { ...SETTINGS, extras };
  const text = renderCreateArguments(settings).join(" ");
  expect(text).toContain(
    " --env DOCKER_HOST=y --env HOME=/x --env VNC_VIEW_ONLY_PW --publish 127.0.0.1:4902:4902/tcp ",
  );
  expect(text).not.toContain("hunter2");
  expect(createEnvironment(settings)).toEqual({ VNC_VIEW_ONLY_PW: "hunter2", VNC_PW: "a secret" });
});

it("tells other extras from the same, in whatever order", () => {
  const print = (env: readonly string[]) => fingerprint({ ...SETTINGS, extras: read({ env }) });
  expect(print(["A=1", "B=2"])).toBe(print(["B=2", "A=1"]));
  expect(print(["A=1"])).not.toBe(print(["A=2"]));
  expect(fingerprint(SETTINGS)).toBe(fingerprint({ ...SETTINGS, extras: undefined } as never));
});

/** As the kernel shows them on real machines. */
const DEVICES = {
  "dri/card0": { group: 44, driver: "i915" },
  "dri/renderD128": { group: 105, driver: "i915" },
  "dri/renderD129": { group: 105, driver: "nvidia" },
  "dri/renderD130": { driver: "amdgpu" },
  nvidiactl: {},
} satisfies Readonly<Record<string, Device>>;

const layDevices = (...names: readonly (keyof typeof DEVICES)[]) =>
  layMachine(Object.fromEntries(names.map((name) => [name, DEVICES[name]])));

describe.runIf(process.getuid?.() === 0)("GPUs, where devices can be made", () => {
  it.each([
    [["dri/card0", "dri/renderD128"], ["dri/renderD128"], [105], []],
    [["dri/renderD130"], ["dri/renderD130"], [], []],
    [["dri/renderD129", "nvidiactl"], [], [], ["all"]],
    [["nvidiactl"], [], [], ["all"]],
    [["dri/renderD128", "dri/renderD129"], ["dri/renderD128"], [105], ["all"]],
  ] as const)("finds those of a machine with %s", (names, nodes, groups, nvidia) => {
    const gpuPlaces = layDevices(...names);
    const devices = nodes.map((node) => join(gpuPlaces.dev, node));
    expect(read({ gpu: ["auto"] }, { gpuPlaces })).toMatchObject({ devices, groups, nvidia });
  });

  it("gives the desktop's user the groups of each device, also of a folder's", () => {
    const { dev } = layDevices("dri/card0", "dri/renderD128", "dri/renderD130");
    // As udev does, and a loop as in /dev/fd.
    mkdirSync(join(dev, "dri/by-path"));
    symlinkSync("..", join(dev, "dri/by-path/loop"));
    const device = [`${dev}/dri:/dev/dri`, `${dev}/dri/renderD128:/dev/dri/renderD128:rw`];
    const { groups } = read({ device });
    expect(groups).toEqual([44, 105]);
    const options = (kind: "docker" | "podman", isRoot: boolean) =>
      renderExtras(read({ device }), kind, isRoot).slice(2 * device.length);
    const numbers = ["--group-add", "44", "--group-add", "105"];
    expect(options("docker", false)).toEqual(numbers);
    expect(options("podman", true)).toEqual(numbers);
    // A user's own Podman has other numbers inside.
    expect(options("podman", false)).toEqual(["--group-add", "keep-groups"]);
  });
});

// Older versions of Podman take `--gpus` and ignore it.
it.each([
  [["nvidia"], ["--gpus", "all"], ["--device", "nvidia.com/gpu=all"]],
  [
    ["nvidia:0", "nvidia"],
    ["--gpus", "all"],
    ["--device", "nvidia.com/gpu=all"],
  ],
  [
    ["nvidia:0", "nvidia:GPU-3a", "nvidia:0"],
    ["--gpus", '"device=0,GPU-3a"'],
    ["--device", "nvidia.com/gpu=0", "--device", "nvidia.com/gpu=GPU-3a"],
  ],
])("asks Docker and Podman for the GPUs %s in their own words", (gpu, docker, podman) => {
  const extras = read({ gpu });
  expect(renderExtras(extras, "docker")).toEqual(docker);
  expect(renderExtras(extras, "podman")).toEqual(podman);
});
