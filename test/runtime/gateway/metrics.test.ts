import { once } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Facts, renderMetrics } from "../../../src/runtime/gateway/metrics.ts";
import type { ServiceReport } from "../../../src/runtime/supervisor/report.ts";
import { eventually } from "../../helpers/eventually.ts";
import { type Harness, openHarness, VIEWER } from "./harness.ts";
import { parseMetrics, sampleOf } from "./parse-metrics.ts";

const NOW = Date.parse("2030-01-01T00:01:00.500Z");

function service(more: Partial<ServiceReport> = {}): ServiceReport {
  return { status: "ready", starts: 1, since: "2030-01-01T00:00:00.000Z", critical: false, ...more };
}

function render(services: Readonly<Record<string, ServiceReport>>, more: Partial<Facts> = {}): string {
  const report = { phase: "running", ready: true, uptime: 61.5, services } as const;
  const clients = { owner: 2, participant: 0, viewer: 1 };
  const rest = { workspace: "desktop", lag: 12.5, residentMemory: 50_000_000, clients, others: [] };
  return renderMetrics({ report, ...rest, ...more }, NOW);
}

describe("the metrics", () => {
  const display = { service: "display" };

  it("of the container", () => {
    const text = render({});
    expect(sampleOf(text, "kasmix_build_info", { workspace: "desktop", node: process.version })).toBe(1);
    expect(sampleOf(text, "kasmix_ready")).toBe(1);
    expect(sampleOf(text, "kasmix_uptime_seconds")).toBe(61.5);
    expect(sampleOf(text, "kasmix_event_loop_lag_seconds")).toBe(0.0125);
    expect(sampleOf(text, "kasmix_process_resident_memory_bytes")).toBe(50_000_000);
    expect(sampleOf(text, "kasmix_desktop_clients", { role: "owner" })).toBe(2);
    expect(sampleOf(text, "kasmix_desktop_clients", { role: "viewer" })).toBe(1);
  });

  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [7, 6],
  ])("count %i starts as %i restarts", (starts, restarts) => {
    const text = render({ display: service({ starts }) });
    expect(sampleOf(text, "kasmix_service_restarts_total", display)).toBe(restarts);
  });

  it("show the one state that a service is in", () => {
    const text = render({ display: service({ status: "backoff" }) });
    const metric = parseMetrics(text).find(({ name }) => name === "kasmix_service_state");
    const states = metric?.metrics.map(({ labels, value }) => [labels?.state, value]);
    expect(states).toEqual(
      ["waiting", "starting", "ready", "unhealthy", "backoff", "degraded", "stopping", "done", "stopped"].map(
        (state) => [state, state === "backoff" ? "1" : "0"],
      ),
    );
  });

  it("show how long a service has been ready, never below 0 after the clock was set back", () => {
    const uptime = (more: Partial<ServiceReport>) =>
      sampleOf(render({ display: service(more) }), "kasmix_service_uptime_seconds", display);
    expect(uptime({})).toBe(60.5);
    expect(uptime({ status: "starting" })).toBe(0);
    expect(uptime({ since: "2030-06-01T00:00:00.000Z" })).toBe(0);
  });

  it("leave memory out where it is unknown", () => {
    const text = render({ display: service({ memory: 4096 }), sound: service() });
    expect(sampleOf(text, "kasmix_service_memory_bytes", display)).toBe(4096);
    expect(sampleOf(text, "kasmix_service_memory_bytes", { service: "sound" })).toBeUndefined();
    expect(render({})).not.toContain("kasmix_service_");
  });
});

describe("the format", () => {
  const text = render({ display: service({ memory: 4096 }), "my-app": service({ status: "done" }) });

  it("has name, help and type once before the samples of each metric, and one newline at the end", () => {
    expect(text).toMatch(/[^\n]\n$/);
    const [first, ...blocks] = text.slice(0, -1).split(/^(?=# HELP )/m);
    for (const block of [first, ...blocks]) {
      const [help = "", type = "", ...samples] = (block ?? "").replace(/\n$/, "").split("\n");
      const name = /^# HELP ([a-z_:][a-z0-9_:]*) \S.*[.]$/.exec(help)?.[1];
      expect(type).toMatch(new RegExp(`^# TYPE ${name} (gauge|counter)$`));
      expect(samples.length).toBeGreaterThan(0);
      for (const sample of samples) expect(sample).toMatch(new RegExp(`^${name}(\\{.*\\})? -?[0-9.e+-]+$`));
    }
    const names = parseMetrics(text).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("follows Prometheus' naming: the project first, the base unit last, _total only for counters", () => {
    for (const { name, type } of parseMetrics(text)) {
      expect(name).toMatch(/^kasmix_/);
      expect(name.endsWith("_total")).toBe(type === "COUNTER");
      expect(name).not.toMatch(/milliseconds|_ms|kilobytes|_kb/);
    }
  });

  it("escapes names of any characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (name, starts) => {
        const odd = render({ [name]: service({ starts: starts + 1 }) }, { workspace: name });
        expect(sampleOf(odd, "kasmix_service_restarts_total", { service: name })).toBe(starts);
        expect(sampleOf(odd, "kasmix_build_info", { workspace: name, node: process.version })).toBe(1);
      }),
      { numRuns: 40 },
    );
  });
});

describe("/metrics", () => {
  let h: Harness;

  beforeEach(async () => {
    h = await openHarness();
  });

  afterEach(() => h.close());

  it("is scraped with the owner's password and not cached", async () => {
    h.report = { ...h.report, ready: true, services: { display: service({ starts: 3, memory: 4096 }) } };
    const { status, headers, body } = await h.fetch("/metrics");
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    expect(headers["cache-control"]).toBe("no-store");
    const text = body.toString();
    expect(sampleOf(text, "kasmix_service_restarts_total", { service: "display" })).toBe(2);
    expect(sampleOf(text, "kasmix_process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect(sampleOf(text, "kasmix_event_loop_lag_seconds")).toBeGreaterThan(0);
    expect(h.asked).toEqual([{ memory: true }]);
  });

  it("counts the connections that show the desktop", async () => {
    const clients = async () => {
      const text = (await h.fetch("/metrics")).body.toString();
      return ["owner", "viewer"].map((role) => sampleOf(text, "kasmix_desktop_clients", { role }));
    };
    expect(await clients()).toEqual([0, 0]);
    const [owner, viewer] = [h.open(), h.open({ authorization: VIEWER })];
    await Promise.all([once(owner, "open"), once(viewer, "open")]);
    await eventually(async () => expect(await clients()).toEqual([1, 1]));
    viewer.close();
    await eventually(async () => expect(await clients()).toEqual([1, 0]));
    owner.terminate();
    await eventually(async () => expect(await clients()).toEqual([0, 0]));
  });
});
