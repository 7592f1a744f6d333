import type { ConnectionState } from "./connection-state.ts";
import { element } from "./dom.ts";
import { type FeatureContext, socketBeside } from "./feature.ts";
import { limits } from "./limits/set-up.ts";
import { signOut } from "./sign-out/set-up.ts";
import { chooseLanguage, speak } from "./translate.ts";

// For a page that is not ours, KasmVNC's: the countdown before a session ends, and the button that signs out.
const page = new URL(location.href);
await speak(chooseLanguage(page, navigator.languages), null);
const place = element("div", { id: "kasmix-beside" });
document.body.append(place);

const CONNECTED: ConnectionState = {
  ...{ phase: "connected", failures: 0, retryAt: null, connectedAt: 0, reason: null },
};
type Context = Pick<FeatureContext, "address" | "group" | "onState" | "socketAddress">;
const context: Context = {
  address: (path) => new URL(`./${path}`, page).href,
  socketAddress: (path) => socketBeside(page, path),
  group: () => place,
  // This script does not know whether that page is connected.
  onState: (listener) => listener(CONNECTED),
};

const answer = await fetch(context.address("api/services"), { cache: "no-store" });
const services: Readonly<Record<string, unknown>> = answer.ok ? await answer.json() : {};
for (const feature of [signOut, limits]) if (services[feature.service]) feature.setUp(context);
