import { expect, it } from "vitest";
import { bracket, hostOf } from "../../src/engine/container-options.ts";
import { commonLayers } from "../../src/engine/load.ts";
import { renderLimits } from "../../src/engine/podman.ts";
import {
  fingerprint,
  type RunSettings,
  renderCreateArguments,
  renderUrl,
} from "../../src/engine/settings.ts";

const SETTINGS: RunSettings = {
  workspace: "desktop",
  image: "kasmix/desktop:latest",
  digest: "sha256:1234",
  id: "sha256:5678",
  port: 6901,
  bind: "127.0.0.1",
  memory: "2GiB",
  cpus: 2,
  sharedMemory: "512MiB",
  pidsLimit: 2000,
  volumes: [{ name: "projects", path: "/srv/projects" }],
  password: "a secret",
};

it("creates a container with what the workspace asks for, and as few rights as it needs", () => {
  const text = renderCreateArguments(SETTINGS).join(" ").replace(fingerprint(SETTINGS), "FINGERPRINT");
  expect(text.split(" --").join("\n  --")).toMatchInlineSnapshot(`
    "create
      --name kasmix-desktop
      --hostname kasm
      --publish 127.0.0.1:6901:6901
      --env VNC_PW
      --volume kasmix-desktop-home:/home/kasm-user
      --volume kasmix-desktop-projects:/srv/projects
      --memory 2g
      --cpus 2
      --shm-size 512m
      --pids-limit 2000
      --cap-drop ALL
      --security-opt no-new-privileges
      --restart unless-stopped
      --label io.kasmix.workspace=desktop
      --label io.kasmix.digest=sha256:1234
      --label io.kasmix.settings=FINGERPRINT
      --pull never kasmix/desktop:latest"
  `);
});

it("never puts the password among the arguments", () => {
  expect(renderCreateArguments(SETTINGS).join("\n")).not.toContain(SETTINGS.password);
});

/** `registry serve --bind ::1` offered the list at http://::1:8080/, which is not an address. */
it("finds the address to connect to from this machine", () => {
  expect(["0.0.0.0", "::", "::1", "192.0.2.7"].map((bind) => bracket(hostOf(bind)))).toEqual([
    "127.0.0.1",
    "[::1]",
    "[::1]",
    "192.0.2.7",
  ]);
});

it("brackets IPv6 addresses", () => {
  expect(renderCreateArguments({ ...SETTINGS, bind: "::1" })).toContain("[::1]:6901:6901");
  expect(renderUrl("fd00::1", 7000)).toBe("https://[fd00::1]:7000/");
});

it.each(["127.0.0.1", "0.0.0.0", "::"])("shows localhost for a container bound to %s", (bind) => {
  expect(renderUrl(bind, 6901)).toBe("https://localhost:6901/");
});

it("sees any change of the settings but that of the image's name and digest, since its id says which it is", () => {
  const changed: Partial<RunSettings>[] = [
    { id: "sha256:9abc" },
    { port: 6902 },
    { bind: "0.0.0.0" },
    { memory: "4GiB" },
    { cpus: 1 },
    { sharedMemory: "1GiB" },
    { pidsLimit: 4000 },
    { volumes: [] },
    { password: "another" },
  ];
  const all = changed.map((change) => fingerprint({ ...SETTINGS, ...change }));
  expect(new Set([...all, fingerprint(SETTINGS)]).size).toBe(changed.length + 1);
  expect(fingerprint({ ...SETTINGS, image: "sha256:9" })).toBe(fingerprint(SETTINGS));
});

it("counts the layers that a stored image shares from the bottom up", () => {
  const image = { layers: ["a", "b", "c"].map((digest) => ({ digest, size: 1, file: "", kind: "files" })) };
  const common = (...stored: string[][]): number =>
    commonLayers(
      image,
      stored.map((layers) => ({ layers })),
    );
  expect(common()).toBe(0);
  expect(common([])).toBe(0);
  expect(common(["a", "b", "c"])).toBe(3);
  expect(common(["a", "b"])).toBe(2);
  expect(common(["a", "b", "x"])).toBe(2);
  expect(common(["b", "c"])).toBe(0);
  expect(common(["a", "x", "c"], ["a", "b", "x", "y"], ["x"])).toBe(2);
  expect(common(["a", "b", "c", "d"])).toBe(3);
});

it("gives Podman this process's limits where it may not raise them", () => {
  const limits = ["Max processes  96365  96365  processes", "Max open files  1024  20000  files"].join("\n");
  expect(renderLimits("CapEff:\t000001fffeffffff\n", limits)).toEqual([
    ...["--ulimit", "nofile=20000:20000"],
    ...["--ulimit", "nproc=32768:32768"],
  ]);
  expect(renderLimits("CapEff:\t000001ffffffffff\n", limits)).toEqual([]);
  expect(
    renderLimits("CapEff:\t0000000000000000\n", "Max processes  unlimited  unlimited  processes"),
  ).toContain("nproc=32768:32768");
});
