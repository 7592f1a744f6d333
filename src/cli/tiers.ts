import { KasmixError } from "../model/error.ts";
import { suggest } from "../model/suggest.ts";

/** One kind of test: what it is called, what it needs, how it is run from the project's root. */
export interface Tier {
  readonly name: string;
  readonly description: string;
  /** What is run; a tier of Vitest's has its configuration instead. */
  readonly command?: readonly string[];
  readonly vitest?: string;
  /** Whether Vitest also holds the run to the coverage that the configuration asks for. @default false */
  readonly coverage?: boolean;
}

/** Every tier, cheapest first. */
export const TIERS: readonly Tier[] = [
  { name: "types", description: "tsc", command: ["npm", "run", "--silent", "typecheck"] },
  { name: "lint", description: "Biome: lint and format", command: ["npm", "run", "--silent", "lint"] },
  { name: "unit", description: "unit and property tests", vitest: "vitest.config.ts", coverage: true },
  { name: "client", description: "the client in a real browser", vitest: "test/client.config.ts" },
  {
    name: "machine",
    description: "this machine's apt, mirrors, Nix store and container engine",
    vitest: "test/machine.config.ts",
  },
  { name: "nix", description: "what Nix builds, in its sandbox", vitest: "test/nix/vitest.config.ts" },
  {
    name: "e2e",
    description: "the real image, the real engine and a real browser",
    vitest: "test/e2e/vitest.config.ts",
  },
];

/** Debian packages that tests use; a test whose program is missing is skipped and says so. */
export const TEST_PACKAGES: readonly string[] = [
  "catatonit",
  "chromium",
  "containernetworking-plugins",
  "dbus-daemon",
  "docker-registry",
  "firefox-esr",
  "mmdebstrap",
  "openssl",
  "podman",
  "pulseaudio",
  "pulseaudio-utils",
  "python3",
  "shellcheck",
  "skopeo",
  "tigervnc-standalone-server",
  "tini",
  "webkit2gtk-driver",
  "x11-utils",
  "x11-xserver-utils",
  "xauth",
  "xclip",
  "xdotool",
  "xterm",
];

/** The tiers with these names, in the table's order; all of them for no name. Throws E_USAGE. */
export function chosenTiers(names: readonly string[]): readonly Tier[] {
  const known = TIERS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = suggest(unknown, known);
    throw new KasmixError("E_USAGE", `There is no test tier "${unknown}".`, {
      fix: near ? `Did you mean ${near}?` : `The tiers are: ${known.join(", ")}.`,
    });
  }
  return names.length === 0 ? TIERS : TIERS.filter(({ name }) => names.includes(name));
}

/** Tests by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * The counts of a run, from what Vitest's JSON reporter wrote. A run that ended without a report, or that failed
 * outside of a test, counts as one failure.
 */
export function readCounts(report: string | undefined, succeeded: boolean): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(report);
  const failed = succeeded ? numFailedTests : Math.max(1, numFailedTests);
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

/** The closing line of a run. */
export function renderCounts(all: readonly Counts[]): string {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}
