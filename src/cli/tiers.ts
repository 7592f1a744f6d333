import { KasmixError } from "../model/error.ts";
import { suggest } from "../terminal/suggest.ts";

/** One kind of test: its name, and how to run it from the project's root. */
export interface Tier {
  readonly name: string;
  readonly description: string;
  /** The words of the command; a tier of Vitest has its configuration file instead. */
  readonly command?: readonly string[];
  readonly vitest?: string;
  /** Whether Vitest also checks the coverage that the configuration asks for. @default false */
  readonly coverage?: boolean;
  /**
   * Tiers of one lane run one after another, beside those of the other lane. `screens` play sound and video, and `builds`
   * give way to them. @default a lane of its own, before all others
   */
  readonly lane?: "screens" | "builds";
}

/**
 * Every tier, in the order in which those of a lane run. Two lanes keep two cores busy; with a third one all tests waited
 * for the processor.
 */
export const TIERS: readonly Tier[] = [
  { name: "types", description: "tsc", command: ["npm", "run", "--silent", "typecheck"] },
  { name: "lint", description: "Biome: lint and format", command: ["npm", "run", "--silent", "lint"] },
  {
    name: "client",
    description: "the client in a real browser",
    vitest: "test/client.config.ts",
    lane: "screens",
  },
  {
    name: "unit",
    description: "unit and property tests",
    vitest: "vitest.config.ts",
    coverage: true,
    lane: "builds",
  },
  {
    name: "machine",
    description: "this machine's apt, mirrors, Nix store and container engine",
    vitest: "test/machine.config.ts",
    lane: "builds",
  },
  {
    name: "nix",
    description: "what Nix builds, in its sandbox",
    vitest: "test/nix/vitest.config.ts",
    lane: "builds",
  },
  {
    name: "kubernetes",
    description: "a real control plane of Kubernetes, where its programs have been built",
    vitest: "test/kubernetes/vitest.config.ts",
    lane: "builds",
  },
  {
    name: "e2e",
    description: "the real image, the real engine and a real browser",
    vitest: "test/e2e/vitest.config.ts",
    lane: "screens",
  },
  {
    name: "faults",
    description: "faults of every kind in a running image",
    vitest: "test/e2e/faults.config.ts",
    lane: "screens",
  },
];

/** The tiers that `--changed` runs unless others are named: they need neither Nix nor a container engine. */
export const QUICK_TIERS: readonly string[] = ["types", "lint", "unit"];

/** Debian packages that tests use; a test whose program is missing is skipped and says so. */
export const TEST_PACKAGES: readonly string[] = [
  "caddy",
  "catatonit",
  "chromium",
  "chromium-headless-shell",
  "containernetworking-plugins",
  "dbus-daemon",
  "docker-registry",
  "firefox-esr",
  "libgbm1",
  "libpixman-1-0",
  "libxkbcommon0",
  "mmdebstrap",
  "nginx-light",
  "openssl",
  "podman",
  "pulseaudio",
  "pulseaudio-utils",
  "python3",
  "python3-pip",
  "qemu-user",
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

/** Tiers by stage and lane: stages run one after another, the lanes of a stage beside each other. */
export function scheduleTiers(tiers: readonly Tier[]): readonly (readonly (readonly Tier[])[])[] {
  const first = tiers.filter(({ lane }) => lane === undefined).map((tier) => [tier]);
  const lanes = new Set(tiers.flatMap(({ lane }) => lane ?? []));
  return [first, [...lanes].map((name) => tiers.filter(({ lane }) => lane === name))];
}
