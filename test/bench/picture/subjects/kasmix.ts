import type { Ground } from "./container.ts";
import type { Subject } from "./subject.ts";

/** Kasmix's own page on the container's own desktop, by RFB alone. */
export function rfbSubject({ settings, desktop }: Ground): Subject {
  const address = `localhost:${settings.port}`;
  return {
    name: "RFB",
    async open() {
      const crowd = { url: `wss://${address}/websockify`, user: "kasm_user", password: settings.password };
      return {
        place: desktop,
        url: `https://${address}/`,
        crowd: { kind: "rfb", ...crowd },
        // The desktop stays.
        close: async () => {},
      };
    },
  };
}
