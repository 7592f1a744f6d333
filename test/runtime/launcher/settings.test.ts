import { expect, it } from "vitest";
import { launcherSettings } from "../../../src/runtime/launcher/settings.ts";
import { memoryLog } from "../memory-log.ts";

function read(environment: NodeJS.ProcessEnv) {
  const { log, records } = memoryLog();
  return { ...launcherSettings(environment, { ownPorts: [6901], log }), records };
}

it("settings have defaults", () => {
  expect(read({})).toEqual({
    enabled: true,
    port: 9998,
    cdpPort: 9222,
    egressPort: 9997,
    allow: [],
    ownPorts: [6901, 9998, 9222, 9997, 4901, 4902, 4903, 4904, 4905, 5901, 8081],
    records: [],
  });
});

it("each setting is read", () => {
  const environment = {
    LAUNCH_NAV_SHIM: "0",
    NAV_SHIM_PORT: "8000",
    CDP_PORT: "8001",
    KASMIX_EGRESS_PORT: "8002",
    KASMIX_EGRESS_ALLOW: " wiki.corp, 10.1.0.0/16\n.corp.example ,",
  };
  expect(read(environment)).toMatchObject({
    enabled: false,
    port: 8000,
    cdpPort: 8001,
    egressPort: 8002,
    allow: ["wiki.corp", "10.1.0.0/16", ".corp.example"],
    ownPorts: expect.arrayContaining([8000, 8001, 8002]),
  });
});

it("an invalid port is logged and the default used", () => {
  const { port, cdpPort, egressPort, records } = read({
    NAV_SHIM_PORT: "x",
    CDP_PORT: "0",
    KASMIX_EGRESS_PORT: "65536",
  });
  expect([port, cdpPort, egressPort]).toEqual([9998, 9222, 9997]);
  expect(records).toMatchObject([
    { event: "launcher.port", message: expect.stringContaining("NAV_SHIM_PORT is not a port") },
    { event: "launcher.port", message: expect.stringContaining("CDP_PORT is not a port") },
    { event: "egress.port", message: expect.stringContaining("KASMIX_EGRESS_PORT is not a port") },
  ]);
});
