import { expect, it } from "vitest";
import { callKasmix } from "./kasmix.ts";

// The parser knows only the last of each flag.
it.each(["up", "run"])(
  "%s reads every flag for the container, and reports all faults before it does anything",
  async (command) => {
    const flags = [
      "--env",
      "1X=hunter2",
      "--env=NO_VNC_PORT=7000",
      "--volume",
      "/nowhere:/x",
      "--volume=bad",
      "--gpu=x",
      "--gpu=/dev/dri/renderD999",
    ];
    const { exitCode, stdout } = await callKasmix([
      command,
      "desktop",
      ...flags,
      "--publish",
      "6901:80",
      "--json",
    ]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.faults.map(({ path }: { path: string }) => path)).toEqual([
      "--env",
      "--env",
      "--volume /nowhere:/x",
      "--volume bad",
      "--publish 6901:80",
      "--gpu=x",
      "--gpu=/dev/dri/renderD999",
    ]);
    expect(stdout).not.toContain("hunter2");
  },
);

// An optional value takes "=", or the workspace would be it.
it.each([[["up", "desktop", "--gpu", "nvidia"]], [["run", "--gpu", "nvidia", "desktop"]]])(
  "a value of --gpu after a blank is refused with the right spelling: %s",
  async (words) => {
    const { exitCode, stderr } = await callKasmix(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("fix: Did you mean --gpu=nvidia?");
  },
);
