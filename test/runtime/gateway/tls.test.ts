import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadIdentity } from "../../../src/runtime/gateway/tls.ts";
import { type Harness, openHarness } from "./harness.ts";

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

describe("the certificate", () => {
  const pem = () => readFileSync(join(h.folder, ".vnc/kasmix.pem"), "utf8");

  it("is kept in the home for this user alone, and used again", async () => {
    const first = await loadIdentity({}, h.folder, h.log);
    expect(statSync(join(h.folder, ".vnc/kasmix.pem")).mode & 0o777).toBe(0o600);
    expect(await loadIdentity({}, h.folder, h.log)).toEqual({ cert: pem(), key: pem() });
    expect(pem()).toContain(first.cert.trim().split("\n")[1] ?? "");
  });

  it("that is mounted wins; one that is broken is passed over", async () => {
    const mounted = { KASMIX_TLS_CERT: join(h.folder, "tls.crt"), KASMIX_TLS_KEY: join(h.folder, "tls.key") };
    await loadIdentity({}, h.folder, h.log);
    writeFileSync(mounted.KASMIX_TLS_CERT, `mounted\n${pem()}`);
    writeFileSync(mounted.KASMIX_TLS_KEY, pem());
    expect((await loadIdentity(mounted, h.folder, h.log)).cert).toMatch(/^mounted/);
    writeFileSync(mounted.KASMIX_TLS_KEY, "broken");
    expect((await loadIdentity(mounted, h.folder, h.log)).cert).toBe(pem());
  });

  it("that is broken in the home is made anew", async () => {
    await loadIdentity({}, h.folder, h.log);
    const before = pem();
    writeFileSync(join(h.folder, ".vnc/kasmix.pem"), before.slice(0, 300));
    await loadIdentity({}, h.folder, h.log);
    expect(pem()).not.toBe(before);
  });
});
