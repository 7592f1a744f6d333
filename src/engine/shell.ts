import type { Shell } from "zx/core";
import { shellWord } from "../generate/shell.ts";
import { proxyVariables } from "../net/proxies.ts";

export interface ShellOptions {
  readonly signal?: AbortSignal | undefined;
  /** Added to this process's environment; `undefined` removes a variable. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * zx's `$` for commands that set up or check this machine: it quotes what is put into its templates, and a failure is an
 * outcome. The shell is POSIX's, since not every machine has bash.
 */
export async function openShell({ signal, environment }: ShellOptions = {}): Promise<Shell> {
  const { $ } = await import("zx/core");
  return $({
    ...{ shell: "/bin/sh", prefix: "", quote: shellWord },
    ...{ nothrow: true, quiet: true, stdio: ["ignore", "pipe", "pipe"] },
    ...(signal === undefined ? {} : { signal }),
    env: { ...process.env, ...proxyVariables(process.env), ...environment },
  });
}

/** A shell's exit code for a program that it did not find. */
export const NOT_FOUND = 127;
