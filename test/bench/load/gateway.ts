import { setTimeout as delay } from "node:timers/promises";
import { Authenticator } from "../../../src/runtime/gateway/auth.ts";
import { openIdentity } from "../../../src/runtime/gateway/live-identity.ts";
import { startGateway } from "../../../src/runtime/gateway/server.ts";
import { createWebsockify } from "../../../src/runtime/gateway/websockify.ts";
import { createLog } from "../../../src/runtime/log/log.ts";

/** Child process: the gateway in front of a display server's socket (argument 1), with a folder as home (argument 2). */
const [, , target = "", home = ""] = process.argv;
const log = createLog({ directory: home });
const gateway = startGateway({
  port: 0,
  identity: openIdentity({}, home, log),
  authenticator: new Authenticator({ owner: "bench" }),
  websockify: createWebsockify({ target, log }),
  services: [],
  assets: new Map(),
  frameAncestors: "'self'",
  workspace: "bench",
  title: "Test",
  report: () => ({ phase: "running", ready: true, uptime: 0, services: {} }),
  allowedOrigins: [],
  log,
});
while (gateway.port() === undefined) await delay(10);
process.send?.(gateway.port());
