import { expect, it } from "vitest";
import { containerShape } from "../../src/engine/container-options.ts";
import { namedGpu } from "../../src/engine/gpu.ts";
import { renderCreateArguments } from "../../src/engine/settings.ts";
import { renderCompose } from "../../src/manifest/compose.ts";
import { renderDockerRun } from "../../src/manifest/docker-run.ts";
import { documents } from "./fixture.ts";

const SETTINGS = {
  workspace: "desktop",
  port: 7000,
  bind: "::1",
  ...{ memory: "2GiB", cpus: 1.5, sharedMemory: "512MiB", pidsLimit: 2000 },
  volumes: [{ name: "projects", path: "/srv/my projects" }],
};
const IMAGE = "registry.example/kasmix/desktop:1.0";
const SHAPE = containerShape(SETTINGS);

it("writes the command of kasmix run, without the labels by which that finds its own containers", () => {
  const created = renderCreateArguments({
    ...SETTINGS,
    image: IMAGE,
    digest: "sha256:1",
    id: "sha256:2",
    password: "secret",
  });
  const known = created.findIndex((word) => word.startsWith("io.kasmix.digest="));
  const same = [...created.slice(1, known - 1), created.at(-1)].map((word) =>
    /[ [\]]/.test(word ?? "") ? `'${word}'` : word,
  );
  const words = renderDockerRun(IMAGE, SHAPE).replaceAll(/\s*\\\n\s*/g, " ");
  expect(words).toBe(`docker run --detach ${same.join(" ")}\n`);
});

it("puts each option on a line", () => {
  expect(renderDockerRun(IMAGE, SHAPE)).toMatchInlineSnapshot(`
    "docker run \\
      --detach \\
      --name kasmix-desktop \\
      --hostname kasm \\
      --publish '[::1]:7000:6901' \\
      --env VNC_PW \\
      --volume kasmix-desktop-home:/home/kasm-user \\
      --volume 'kasmix-desktop-projects:/srv/my projects' \\
      --memory 2g \\
      --cpus 1.5 \\
      --shm-size 512m \\
      --pids-limit 2000 \\
      --cap-drop ALL \\
      --security-opt no-new-privileges \\
      --restart unless-stopped \\
      --label io.kasmix.workspace=desktop \\
      registry.example/kasmix/desktop:1.0
    "
  `);
});

it("writes the same container as a compose file", () => {
  expect(documents(renderCompose("desktop", IMAGE, SHAPE))).toEqual([
    {
      name: "kasmix-desktop",
      services: {
        desktop: {
          image: IMAGE,
          container_name: "kasmix-desktop",
          hostname: "kasm",
          ports: ["[::1]:7000:6901"],
          environment: { VNC_PW: expect.stringMatching(/^\$\{VNC_PW:\?.+\}$/) },
          volumes: ["kasmix-desktop-home:/home/kasm-user", "kasmix-desktop-projects:/srv/my projects"],
          ...{ mem_limit: "2g", cpus: 1.5, shm_size: "512m", pids_limit: 2000 },
          cap_drop: ["ALL"],
          security_opt: ["no-new-privileges"],
          restart: "unless-stopped",
          labels: { "io.kasmix.workspace": "desktop" },
        },
      },
      volumes: Object.fromEntries(
        ["kasmix-desktop-home", "kasmix-desktop-projects"].map((name) => [
          name,
          { name, labels: { "io.kasmix.workspace": "desktop" } },
        ]),
      ),
    },
  ]);
});

// Each machine has another number for the group.
it("gives a render node with its group, which only the machine that runs it knows", () => {
  const gpus = namedGpu("/dev/dri/renderD129");
  expect(renderDockerRun(IMAGE, SHAPE, gpus)).toContain(`
  --device /dev/dri/renderD129 \\
  --group-add "$(stat -c %g /dev/dri/renderD129)" \\
  ${IMAGE}
`);
  expect(documents(renderCompose("desktop", IMAGE, SHAPE, gpus))[0].services.desktop).toMatchObject({
    devices: ["/dev/dri/renderD129"],
    group_add: [expect.stringMatching(/^\$\{RENDER_GID:\?[^}]*stat -c %g \/dev\/dri\/renderD129\}$/)],
  });
});

it.each([
  ["nvidia", "--gpus all", { count: "all" }],
  ["nvidia:1", `--gpus '"device=1"'`, { device_ids: ["1"] }],
])("gives NVIDIA's GPUs with --gpu=%s", (name, option, which) => {
  const gpus = namedGpu(name);
  expect(renderDockerRun(IMAGE, SHAPE, gpus)).toContain(`  ${option} \\\n  ${IMAGE}`);
  expect(documents(renderCompose("desktop", IMAGE, SHAPE, gpus))[0].services.desktop.deploy).toEqual({
    resources: { reservations: { devices: [{ driver: "nvidia", ...which, capabilities: ["gpu"] }] } },
  });
});
