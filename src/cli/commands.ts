import type { CommandEntry } from "../terminal/program.ts";
import type { Command } from "./command.ts";

/** Every command, in the order of the help. Each is loaded when it is asked for: the help must come at once. */
export const COMMANDS: Readonly<Record<string, CommandEntry<Command>>> = {
  up: {
    description: "Set up what is missing, build, load and run a workspace, and print its address",
    load: async () => (await import("./commands/up.ts")).up,
  },
  down: {
    description: "Stop and remove a workspace's container; its home volume stays",
    load: async () => (await import("./commands/down.ts")).down,
  },
  build: {
    description: "Build a workspace's image with Nix",
    load: async () => (await import("./commands/build.ts")).build,
  },
  load: {
    description: "Load a built image into Docker or Podman, sending only the layers it lacks",
    load: async () => (await import("./commands/load.ts")).load,
  },
  push: {
    description: "Put a built image into an OCI registry, sending only the layers it lacks",
    load: async () => (await import("./commands/push.ts")).push,
  },
  sbom: {
    description: "Print what is in a built image: every package with version, hash and licence",
    load: async () => (await import("./commands/sbom.ts")).sbom,
  },
  pull: {
    description: "Fetch a workspace's image from an OCI registry",
    load: async () => (await import("./commands/pull.ts")).pull,
  },
  run: {
    description: "Start a workspace's loaded image, or upgrade its container to it",
    load: async () => (await import("./commands/run.ts")).run,
  },
  start: {
    description: "Start a stopped workspace, or services in it",
    load: async () => (await import("./commands/start.ts")).start,
  },
  stop: {
    description: "Stop a workspace's container, or services in it",
    load: async () => (await import("./commands/stop.ts")).stop,
  },
  restart: {
    description: "Restart a workspace's container, or services in it",
    load: async () => (await import("./commands/restart.ts")).restart,
  },
  status: {
    description: "Show the state of a workspace's container and of its services",
    load: async () => (await import("./commands/status.ts")).status,
  },
  logs: {
    description: "Print what a workspace's container, or a service in it, has logged",
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  events: {
    description: "Print what happened to a workspace's services of late",
    load: async () => (await import("./commands/events.ts")).events,
  },
  exec: {
    description: "Run a command in a running workspace",
    load: async () => (await import("./commands/exec.ts")).exec,
  },
  open: {
    description: "Open a running workspace in the browser, or a URL in the workspace's browser",
    load: async () => (await import("./commands/open.ts")).open,
  },
  list: {
    description: "List the workspaces and what has been locked, built and started",
    load: async () => (await import("./commands/list.ts")).list,
  },
  registry: {
    description: "Build, publish, serve or check a Kasm registry of the workspaces",
    load: async () => (await import("./commands/registry.ts")).registry,
  },
  manifest: {
    description: "Write what deploys a workspace: Kubernetes, Helm, compose, docker run",
    load: async () => (await import("./commands/manifest.ts")).manifest,
  },
  generate: {
    description: "Render the Nix expressions and scripts from the workspaces",
    load: async () => (await import("./commands/generate.ts")).generate,
  },
  lock: {
    description: "Resolve a workspace's Debian packages and pin them",
    load: async () => (await import("./commands/lock.ts")).lock,
  },
  update: {
    description: "Find the newest versions of a workspace's vendor software and pin them",
    load: async () => (await import("./commands/update.ts")).update,
  },
  doctor: {
    description: "Check what this machine needs, and install it with --fix",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  test: {
    description: "Run the project's tests",
    load: async () => (await import("./commands/test.ts")).test,
  },
  bench: {
    description:
      "Measure build, size, start, memory and recovery beside other ways to do the same; soak a container",
    load: async () => (await import("./commands/bench.ts")).bench,
  },
};
