import { describe, expect, it } from "vitest";
import { wantedPort } from "../../../src/runtime/gateway/port.ts";
import { memoryLog } from "../memory-log.ts";

describe("the port", () => {
  it.each([
    [undefined, 6901],
    ["", 6901],
    ["8443", 8443],
    ["65536", 6901],
    ["0", 6901],
    ["-1", 6901],
    ["80.5", 6901],
    ["https", 6901],
  ])("of %s is %s", (NO_VNC_PORT, port) => {
    const { log, events } = memoryLog();
    expect(wantedPort({ NO_VNC_PORT }, log)).toBe(port);
    const isWrong = Boolean(NO_VNC_PORT) && NO_VNC_PORT !== String(port);
    expect(events("gateway.port")).toMatchObject(
      isWrong
        ? [{ port: NO_VNC_PORT, message: expect.stringContaining("set a number from 1 to 65535") }]
        : [],
    );
  });
});
