import { stringify } from "yaml";
import { mergeKasmVnc, withKasmVncDefaults } from "../model/kasmvnc.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import { marker } from "./marker.ts";

/** Where KasmVNC's start script looks for the settings of a machine. */
export const KASMVNC_YAML = "/etc/kasmvnc/kasmvnc.yaml";

/**
 * kasmvnc.yaml of a workspace that is shown by KasmVNC: its settings over Kasmix's, and what Kasmix sets by itself. Only
 * KasmVNC's start script reads it; the supervisor starts Xvnc with the flags that stand for the same settings.
 */
export function renderKasmVncYaml({ name, display }: ResolvedWorkspace): string {
  const { resolution, frameRate, kasmvnc = {} } = display;
  const [width, height] = resolution.split("x").map(Number);
  const own = {
    desktop: { resolution: { width, height } },
    network: {
      protocol: "http",
      websocket_port: 6901,
      ssl: { pem_certificate: CERTIFICATE, pem_key: CERTIFICATE },
    },
    logging: { log_dest: "logfile" },
    encoding: { max_frame_rate: frameRate },
    server: { advanced: { kasm_password_file: `${HOME}/.kasmpasswd` } },
    command_line: { prompt: false },
  };
  const settings = mergeKasmVnc(own, withKasmVncDefaults(kasmvnc));
  return `# ${marker(name)}\n${stringify(settings, { lineWidth: 0 })}`;
}

/** The script puts the value of this variable in. */
const HOME = `\${HOME}`;
const CERTIFICATE = `${HOME}/.vnc/kasmix.pem`;
