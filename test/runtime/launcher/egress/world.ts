import type { IncomingMessage, ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { createTrustedProxies } from "../../../../src/runtime/gateway/client-address.ts";
import { createThrottle } from "../../../../src/runtime/gateway/throttle.ts";
import { startEgress } from "../../../../src/runtime/launcher/egress/server.ts";
import { createLookup } from "../../../../src/runtime/launcher/lookup.ts";
import { createOpener, RATE } from "../../../../src/runtime/launcher/open.ts";
import { createPolicy } from "../../../../src/runtime/launcher/policy.ts";
import { startLauncher } from "../../../../src/runtime/launcher/server.ts";
import { createTokenBucket } from "../../../../src/runtime/launcher/token-bucket.ts";
import { eventually, PATIENCE } from "../../../helpers/eventually.ts";
import { memoryLog } from "../../memory-log.ts";
import { portOf, serve, TOKEN } from "../harness.ts";
import { openNameServer } from "../name-server.ts";
import { openBrowser } from "./browser.ts";
import { OPEN, SHUT } from "./harness.ts";

type Show = (request: IncomingMessage, response: ServerResponse) => void;

/** A launcher's answer. */
export interface Opened {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/**
 * Launcher, policy, proxy and a real browser together. A server on 127.0.0.1, which the policy allows here, stands for
 * the internet; one on 127.0.0.2 for everything refused. Names: *.open.test and *.shut.test; rebind.open.test becomes
 * shut on demand, race.open.test from the second lookup on.
 */
export async function openWorld() {
  const memory = memoryLog();
  const ports: number[] = [];
  const shutReached: string[] = [];
  const state: { pages: Record<string, Show>; isRebound: boolean } = { pages: {}, isRebound: false };
  const names = await openNameServer((name, type) => {
    if (type === "AAAA") return [];
    const timesAsked = names.questions.filter((asked) => asked === `A ${name}`).length;
    const isChanged =
      name === "rebind.open.test" ? state.isRebound : name === "race.open.test" && timesAsked > 1;
    return [{ type, data: name.endsWith("shut.test") || isChanged ? SHUT : OPEN }];
  });
  const lookup = createLookup({ servers: [names.address], hosts: "/dev/null" });
  const policy = createPolicy({ allow: [`${OPEN}/32`], ports, lookup, log: memory.log });
  const egress = startEgress({ port: 0, policy, log: memory.log, now: leisurely() });
  const browser = await openBrowser(await portOf(egress));
  ports.push(browser.cdpPort, await portOf(egress));
  const opener = createOpener({ cdpPort: browser.cdpPort, policy, timeout: PATIENCE });
  const bucket = createTokenBucket({ ...RATE, now: leisurely() });
  const throttle = createThrottle({ now: leisurely() });
  const options = { port: 0, token: TOKEN, log: memory.log, throttle, proxies: createTrustedProxies() };
  const launcher = startLauncher({ ...options, open: opener, bucket });
  await portOf(launcher);
  const site = await serve((request, response) => {
    // Permanent redirects must not be cached for the next test.
    response.setHeader("Cache-Control", "no-store");
    const show = state.pages[(request.url ?? "").split("?")[0] ?? ""];
    if (show) show(request, response);
    else response.writeHead(404).end();
  });
  const shut = await serve(
    (request, response) => {
      shutReached.push(`${request.headers.host}${request.url}`);
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.end("secret");
    },
    { host: SHUT },
  );
  // An unclosed browser would outlive the tests.
  const page: Page = await browser.page().catch(async (error) => {
    await browser.close();
    throw error;
  });

  const open = async (url: string): Promise<Opened> => {
    const response = await fetch(`http://127.0.0.1:${launcher.port()}/open`, {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ url }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    // Chromium aborts loading when other containers of this machine change its network interfaces.
    return body.error === "net::ERR_NETWORK_CHANGED" ? open(url) : { status: response.status, body };
  };
  const refusals = () => memory.events("egress.refused");
  const refusedHosts = () => [...new Set(refusals().map(({ host }) => String(host)))];
  const visit = (path = "/", host = OPEN) => open(`http://${host}:${site.port}${path}`);

  return {
    state,
    page,
    cdpPort: browser.cdpPort,
    sitePort: site.port,
    shutPort: shut.port,
    /** Requests to the server that must not be reached. */
    shutReached,
    refusals,
    refusedHosts,
    audited: () => memory.events("launcher.request"),
    /** Opens a URL by the launcher. */
    open,
    /** Opens a page of the site by the launcher. */
    visit,
    /** Opens the start page and waits until it is there. */
    async arrive(host: string = OPEN) {
      await visit("/", host);
      await eventually(async () => expect(await page.title()).toBe("Open"));
    },
    /** Opens a page repeatedly until all expected requests were refused by the proxy. */
    visitUntilRefused(path: string, expected: string[], host: string = OPEN) {
      const tried = () => expect(refusedHosts()).toEqual(expect.arrayContaining(expected));
      const attempt = async () => {
        await visit(path, host);
        await eventually(tried, { timeout: 5_000 });
      };
      return eventually(attempt, { timeout: 50_000 });
    },
    reset() {
      state.pages = { "/": (_request, response) => html(response, "<title>Open</title>") };
      state.isRebound = false;
      memory.records.length = 0;
      shutReached.length = 0;
    },
    async close() {
      await browser.close();
      for (const part of [launcher, egress, names, site, shut]) part.close();
    },
  };
}

/** A page. */
export function html(response: ServerResponse, body: string): void {
  response.setHeader("Content-Type", "text/html");
  response.end(`<!doctype html><body>${body}`);
}

/** A page that redirects. */
export function redirect(status: number, location: string): Show {
  return (_request, response) => void response.writeHead(status, { Location: location }).end();
}

/** A clock that makes the rate limit irrelevant. */
function leisurely(): () => number {
  let hour = 0;
  return () => {
    hour += 3_600_000;
    return hour;
  };
}
