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
      "--gpus=x",
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
      "--gpus x",
    ]);
    expect(stdout).not.toContain("hunter2");
  },
);
