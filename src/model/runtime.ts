import type { KasmVnc } from "./kasmvnc-types.ts";
import type {
  DesktopEnvironment,
  Launcher,
  Limits,
  Need,
  Preparation,
  Readiness,
  RestartPolicy,
  StopPolicy,
} from "./types.ts";

/** What the entrypoint in the container reads from workspace.json: the workspace with every default filled in. */
export interface RuntimeConfig {
  readonly name: string;
  readonly title: string;
  readonly display: RuntimeDisplay;
  /** Where it is not XFCE. */
  readonly desktopEnvironment?: DesktopEnvironment;
  readonly services: Readonly<Record<string, ResolvedService>>;
  readonly limits: Readonly<Record<string, Limits>>;
  readonly apps: readonly ResolvedApp[];
  readonly launcher?: Required<Launcher>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface RuntimeDisplay {
  readonly resolution: string;
  readonly frameRate: number;
  /** What the workspace sets, where that is not TigerVNC. The image may have KasmVNC regardless. */
  readonly server?: "kasmvnc";
  /** Only what the workspace sets. */
  readonly kasmvnc?: KasmVnc;
}

export interface ResolvedService {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly needs: readonly Required<Need>[];
  readonly ready?: Readiness;
  readonly restart: RestartPolicy;
  readonly startTimeout?: number;
  readonly stop: Required<StopPolicy>;
  readonly critical: boolean;
  readonly port?: number;
}

export interface ResolvedApp {
  readonly name: string;
  readonly title: string;
  readonly command: readonly string[];
  readonly argumentsFrom?: string;
  readonly switch?: string;
  readonly opensUrls: boolean;
  readonly maximize: boolean;
  readonly before: readonly Preparation[];
  readonly icon?: string;
  readonly autostart: boolean;
  readonly restart: RestartPolicy;
  readonly desktopIcon: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly ready?: Readiness;
  readonly stop: Required<StopPolicy>;
}

/** How a service without a `stop` is stopped. */
export const DEFAULT_STOP: Required<StopPolicy> = { signal: "TERM", grace: 5, to: "group" };

/** Names of the services every workspace has, defined in src/runtime; a workspace's own may depend on them. */
export const BUILT_IN_SERVICES = ["session-bus", "display", "desktop", "sound"] as const;
