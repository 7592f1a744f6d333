import type { Launcher } from "../../model/types.ts";
import type { Log } from "../log/log.ts";
import { type TokenBucket, createTokenBucket } from "./token-bucket.ts";
import { browserArguments } from "./egress/browser-arguments.ts";
import { startEgress } from "./egress/server.ts";
import { createPolicy } from "./policy.ts";
import { createOpener, type Opener, RATE } from "./open.ts";
import { startLauncher } from "./server.ts";
import { launcherSettings } from "./settings.ts";

export interface StartOptions {
  /** What the workspace says; without it nothing is started. */
  readonly launcher: Required<Launcher> | undefined;
  /** The workspace's environment and over it the container's, secrets included. */
  readonly environment: NodeJS.ProcessEnv;
  /** The owner's. */
  readonly password: string;
  /** Where the gateway listens. */
  readonly ownPorts: readonly number[];
  readonly log: Log;
}

/** The launcher and its proxy, where there are any. */
export interface Started {
  /** What has to stand in the command of the app that is steered, whatever replaces its other arguments. */
  readonly fixed: readonly string[];
  /** Opens URLs, listening for them or not; undefined where the workspace has no launcher. */
  readonly opener?: { readonly open: Opener; readonly bucket: TokenBucket };
  close(): void;
}

/** Starts the URL launcher and the proxy that holds its browser to the same policy, as far as they are wanted. */
export function startUrlLauncher({ launcher, environment, log, ...rest }: StartOptions): Started {
  if (launcher === undefined) return { fixed: [], close() {} };
  const { enabled, port, cdpPort, egressPort, token, allow, ownPorts } = launcherSettings(environment, {
    ...rest,
    log,
  });
  const policy = createPolicy({ allow, ports: ownPorts, log });
  const opener = { open: createOpener({ cdpPort, policy }), bucket: createTokenBucket(RATE) };
  const parts = [
    ...(launcher.egress ? [startEgress({ port: egressPort, policy, log })] : []),
    ...(enabled ? [startLauncher({ port, token, ...opener, log })] : []),
  ];
  return {
    fixed: [
      // Its windows are found by the app's name, whatever the browser calls itself.
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
