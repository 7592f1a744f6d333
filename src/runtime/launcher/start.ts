import type { Launcher } from "../../model/types.ts";
import type { Secrets } from "../boot/secrets.ts";
import type { Log } from "../log/log.ts";
import { browserArguments } from "./egress/browser-arguments.ts";
import { startEgress } from "./egress/server.ts";
import { createOpener, type Opener, RATE } from "./open.ts";
import { createPolicy } from "./policy.ts";
import type { LauncherOptions } from "./server.ts";
import { startLauncher } from "./server.ts";
import { launcherSettings } from "./settings.ts";
import { resolveToken } from "./token.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

export interface StartOptions extends Pick<LauncherOptions, "throttle" | "proxies"> {
  /** The workspace's setting; without it nothing is started. */
  readonly launcher: Required<Launcher> | undefined;
  /** The workspace's environment, overridden by the container's. */
  readonly environment: NodeJS.ProcessEnv;
  readonly secrets: Secrets;
  /** Where a generated token is kept. */
  readonly home: string;
  /** The gateway's ports. */
  readonly ownPorts: readonly number[];
  readonly log: Log;
}

/** The launcher and its proxy, if the workspace has them. */
export interface Started {
  /** Arguments that the browser's command must have, whatever replaces its other arguments. */
  readonly fixed: readonly string[];
  /** Opens URLs, with or without HTTP; undefined when the workspace has no launcher. */
  readonly opener?: { readonly open: Opener; readonly bucket: TokenBucket };
  close(): void;
}

/** Starts the URL launcher and the proxy that applies its policy to the browser, if they are switched on. */
export function startUrlLauncher(options: StartOptions): Started {
  const { launcher, environment, secrets, home, throttle, proxies, log } = options;
  if (launcher === undefined) return { fixed: [], close() {} };
  const { enabled, port, cdpPort, egressPort, allow, ownPorts } = launcherSettings(environment, options);
  const policy = createPolicy({ allow, ports: ownPorts, log });
  const opener = { open: createOpener({ cdpPort, policy }), bucket: createTokenBucket(RATE) };
  const parts = [
    ...(launcher.egress ? [startEgress({ port: egressPort, policy, log })] : []),
    ...(enabled
      ? [
          startLauncher({
            port,
            token: resolveToken(secrets, home, log),
            ...opener,
            throttle,
            proxies,
            log,
          }),
        ]
      : []),
  ];
  return {
    fixed: [
      // Windows are found by the app's name.
      `--class=${launcher.app}`,
      `--remote-debugging-port=${cdpPort}`,
      "--remote-allow-origins=http://127.0.0.1",
      ...(launcher.egress ? browserArguments(egressPort) : []),
    ],
    opener,
    close() {
      for (const part of parts) part.close();
    },
  };
}
