import type { Program } from "../terminal/program.ts";
import { type Command, GLOBAL_ARGS } from "./command.ts";
import { COMMANDS } from "./commands.ts";

/** The program `./kasmix` for the help. */
export const KASMIX: Program<Command> = {
  name: "./kasmix",
  about: "Kasmix builds Linux desktops for the browser: reproducible images, built by Nix from TypeScript.",
  examples: [
    { command: "./kasmix up desktop", explanation: "from nothing to a desktop on https://localhost:6901" },
    { command: "./kasmix list", explanation: "the workspaces and their state" },
  ],
  commands: COMMANDS,
  args: GLOBAL_ARGS,
  ownFlags: [["-V, --version", "Show the version"]],
  more: "More: ./kasmix COMMAND --help. Exit codes: docs/operate/exit-codes.md",
};
