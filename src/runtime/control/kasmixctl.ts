import { runKasmixctl } from "./run-kasmixctl.ts";

/** `kasmixctl … | head` closes the output early: that is no error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runKasmixctl(process.argv.slice(2), process);
