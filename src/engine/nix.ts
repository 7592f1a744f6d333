/**
 * Options of every Nix command of Kasmix, so that neither the user's configuration nor the environment influences the
 * result: always a sandbox, and no binary caches.
 */
export const NIX_OPTIONS: readonly string[] = [
  ...["--option", "extra-experimental-features", "nix-command flakes"],
  ...["--option", "sandbox", "true"],
  ...["--option", "sandbox-fallback", "false"],
  ...["--option", "substitute", "false"],
  // As many derivations side by side as there are cores.
  ...["--option", "max-jobs", "auto"],
  // Seconds: by default, a host that does not answer is tried five times for some minutes each.
  ...["--option", "connect-timeout", "20"],
  ...["--option", "stalled-download-timeout", "60"],
  ...["--option", "download-attempts", "3"],
];

/**
 * Overrides for images of the flake's inputs: packages of nixpkgs come from the binary cache of this machine's Nix, where
 * they are signed. Building them all would take days.
 */
export const SUBSTITUTE_OPTIONS: readonly string[] = ["--option", "substitute", "true"];

/** Environment of every Nix command of Kasmix; `undefined` removes a variable. */
export const NIX_ENVIRONMENT = {
  NIX_CONFIG: undefined,
  NIX_USER_CONF_FILES: "/dev/null",
  NIX_PATH: "",
  LC_ALL: "C.UTF-8",
} as const;

/** What to do where the disk is full. */
export const FREE_SPACE =
  "Free space: nix-store --gc and docker system prune remove what nothing uses. A build needs about 5 GB.";
