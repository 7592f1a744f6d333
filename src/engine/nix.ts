/**
 * What every Nix command of Kasmix is given, so that neither the user's configuration nor the environment decides
 * what is built: a sandbox without exception, and nothing taken ready-made from elsewhere.
 */
export const NIX_OPTIONS: readonly string[] = [
  ...["--option", "extra-experimental-features", "nix-command flakes"],
  ...["--option", "sandbox", "true"],
  ...["--option", "sandbox-fallback", "false"],
  ...["--option", "substitute", "false"],
  // As many derivations side by side as there are cores.
  ...["--option", "max-jobs", "auto"],
  // Seconds: a host that does not answer is given up soon, by default only after some minutes, five times over.
  ...["--option", "connect-timeout", "20"],
  ...["--option", "stalled-download-timeout", "60"],
  ...["--option", "download-attempts", "3"],
];

/**
 * Over those, for images of the flake's inputs: what nixpkgs' own builders have built and signed is taken from the cache
 * that this machine's Nix is set up with. To build all of it here would take days.
 */
export const SUBSTITUTE_OPTIONS: readonly string[] = ["--option", "substitute", "true"];

/** Environment of every Nix command of Kasmix; `undefined` takes a variable away. */
export const NIX_ENVIRONMENT = {
  NIX_CONFIG: undefined,
  NIX_USER_CONF_FILES: "/dev/null",
  NIX_PATH: "",
  LC_ALL: "C.UTF-8",
} as const;
