import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { ask } from "../helpers/gateway.ts";
import { makeCertificate, shownSerial } from "../runtime/gateway/certificates.ts";
import { parseMetrics, sampleOf } from "../runtime/gateway/parse-metrics.ts";

describe("what a monitoring system sees", () => {
  const secret = mkdtempSync(join(tmpdir(), "kasmix-secret-"));
  const first = makeCertificate();
  let container: TestContainer;
  let port: number;

  beforeAll(async () => {
    chmodSync(secret, 0o755);
    publish(first, 1);
    for (const name of ["tls.crt", "tls.key"]) symlinkSync(`..data/${name}`, join(secret, name));
    const engineOptions = ["--volume", `${secret}:/etc/kasmix/tls:ro`];
    container = await startContainer({ image: inject("image"), engineOptions });
    port = container.settings.port;
  });

  afterAll(async () => {
    await container?.remove();
    rmSync(secret, { recursive: true, force: true });
  });

  /** Publishes a new version of the secret the way Kubernetes does. */
  function publish({ cert, key }: { cert: string; key: string }, version: number): void {
    mkdirSync(join(secret, `..v${version}`));
    writeFileSync(join(secret, `..v${version}/tls.crt`), cert);
    writeFileSync(join(secret, `..v${version}/tls.key`), key);
    symlinkSync(`..v${version}`, join(secret, "..data_tmp"));
    renameSync(join(secret, "..data_tmp"), join(secret, "..data"));
  }

  async function metrics(): Promise<string> {
    const { status, body } = await ask(port, "/metrics", { password: container.settings.password });
    expect(status).toBe(200);
    return body;
  }

  test("the metrics have every service's state and memory, and count a restart", async () => {
    const before = await metrics();
    expect(sampleOf(before, "kasmix_ready")).toBe(1);
    const built = parseMetrics(before).find(({ name }) => name === "kasmix_build_info");
    expect(built?.metrics).toMatchObject([{ labels: { workspace: "desktop" }, value: "1" }]);
    for (const service of ["session-bus", "display", "desktop"]) {
      expect(sampleOf(before, "kasmix_service_state", { service, state: "ready" })).toBe(1);
      expect(sampleOf(before, "kasmix_service_memory_bytes", { service })).toBeGreaterThan(1_000_000);
    }
    await container.exec("kasmixctl", "restart", "session-bus");
    const after = await metrics();
    expect(sampleOf(after, "kasmix_service_restarts_total", { service: "session-bus" })).toBe(1);
  });

  test("a running container uses a renewed certificate, but not a broken one", async () => {
    expect(await shownSerial(port)).toBe(first.serial);
    const second = makeCertificate();
    publish(second, 2);
    const renewed = async () => expect(await shownSerial(port)).toBe(second.serial);
    await eventually(renewed, { timeout: PATIENCE });
    publish({ cert: second.cert, key: first.key }, 3);
    const told = async () => expect((await container.log()).join("\n")).toContain("replace both");
    await eventually(told, { timeout: PATIENCE });
    await renewed();
  });
});
