import { askGateway } from "../../container.ts";
import type { CrowdOrder } from "../crowd/crowd.ts";
import type { Ground } from "./container.ts";
import type { Subject } from "./subject.ts";

/** Whether the image has the encoder of the stream. */
export async function hasStream({ settings }: Ground): Promise<boolean> {
  return "screen" in ((await askGateway(settings, "/api/services")) as object);
}

/** Kasmix's own page as everybody gets it. */
export function streamSubject(ground: Ground): Subject {
  return ownPage(ground, { name: "stream", query: "", kind: "stream", path: "screen" });
}

/** The same page by RFB alone, with the quality that the stream's page has there. */
export function rfbSubject(ground: Ground): Subject {
  const query = "?picture=text&quality=6&compression=2";
  return ownPage(ground, { name: "RFB", query, kind: "rfb", path: "websockify" });
}

interface Page {
  readonly name: string;
  readonly query: string;
  readonly kind: CrowdOrder["kind"];
  readonly path: string;
}

function ownPage({ settings, desktop }: Ground, { name, query, kind, path }: Page): Subject {
  const address = `localhost:${settings.port}`;
  return {
    name,
    async open() {
      return {
        place: desktop,
        url: `https://${address}/${query}`,
        crowd: { kind, url: `wss://${address}/${path}`, user: "kasm_user", password: settings.password },
        // The desktop stays.
        close: async () => {},
      };
    },
  };
}
