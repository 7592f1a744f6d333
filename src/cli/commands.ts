import type { CommandEntry } from "../terminal/program.ts";
import type { Command } from "./command.ts";

/** Every command, in the order of the help. Each is loaded only when it runs, so that the help appears at once. */
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
    description: "Push a built image to an OCI registry, sending only the layers it lacks",
    load: async () => (await import("./commands/push.ts")).push,
  },
  sbom: {
    description: "Print a built image's bill of materials: every package with version, hash and licence",
    load: async () => (await import("./commands/sbom.ts")).sbom,
  },
  pull: {
    description: "Fetch a workspace's image from an OCI registry",
    load: async () => (await import("./commands/pull.ts")).pull,
  },
  run: {
    description: "Run a workspace's loaded image, or upgrade its container to it",
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
    description: "Print the log of a workspace's container, or of a service in it",
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  events: {
    description: "Print the recent events of a workspace's services",
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
  password: {
    description: "Print the password of a workspace",
    load: async () => (await import("./commands/password.ts")).password,
  },
  new: {
    description: "Make a new workspace from a template: one app of Debian, with an icon",
    load: async () => (await import("./commands/new.ts")).create,
  },
  list: {
    description: "List the workspaces and whether each is locked, built and running",
    load: async () => (await import("./commands/list.ts")).list,
  },
  registry: {
    description: "Build, publish, serve or check a Kasm registry of the workspaces",
    load: async () => (await import("./commands/registry.ts")).registry,
  },
  manifest: {
    description: "Write a workspace's deployment: Kubernetes, Helm, compose, docker run",
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
    description: "Find the newest versions of third-party software and pin them",
    load: async () => (await import("./commands/update.ts")).update,
  },
  doctor: {
    description: "Check this machine's requirements, and install them with --fix",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  test: {
    description: "Run the project's tests",
    load: async () => (await import("./commands/test.ts")).test,
  },
  bench: {
    description:
      "Measure build, size, start, memory and recovery, and compare with alternatives; soak a container",
    load: async () => (await import("./commands/bench.ts")).bench,
  },
};
