import { inRoot } from "./build/nix.ts";

/** Builds the desktop once for all files; the CLI fetches what the builders need from this machine's mirrors. */
export default async function setUp(): Promise<void> {
  await inRoot`./kasmix build desktop`;
}
