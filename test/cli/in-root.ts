import { run } from "../../src/cli/run.ts";

// `node --import tsx in-root.ts ROOT WORD…` runs a command line of this checkout's code for the project at ROOT.
const [root = "", ...words] = process.argv.slice(2);
const { stdout, stderr } = process;
process.exitCode = await run(words, { root, stdout, stderr });
