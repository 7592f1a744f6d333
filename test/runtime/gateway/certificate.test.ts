import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { loadIdentity } from "../../../src/runtime/gateway/certificate.ts";
import { memoryLog } from "../memory-log.ts";
import { makeCertificate } from "./certificates.ts";

let home: string;
let memory: ReturnType<typeof memoryLog>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kasmix-tls-"));
  memory = memoryLog();
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("the certificate", () => {
  const pem = () => readFileSync(join(home, ".vnc/kasmix.pem"), "utf8");

  it("is saved in the home for this user alone, and used again", async () => {
    const first = await loadIdentity({}, home, memory.log);
    expect(statSync(join(home, ".vnc/kasmix.pem")).mode & 0o777).toBe(0o600);
    expect(await loadIdentity({}, home, memory.log)).toEqual({ cert: pem(), key: pem() });
    expect(pem()).toBe(first.cert + first.key);
  });

  it("is the mounted one, unless that is invalid", async () => {
    const mounted = { KASMIX_TLS_CERT: join(home, "tls.crt"), KASMIX_TLS_KEY: join(home, "tls.key") };
    await loadIdentity({}, home, memory.log);
    writeFileSync(mounted.KASMIX_TLS_CERT, `mounted\n${pem()}`);
    writeFileSync(mounted.KASMIX_TLS_KEY, pem());
    expect((await loadIdentity(mounted, home, memory.log)).cert).toMatch(/^mounted/);
    writeFileSync(mounted.KASMIX_TLS_KEY, "broken");
    expect((await loadIdentity(mounted, home, memory.log)).cert).toBe(pem());
  });

  it("in the home is replaced when it is invalid", async () => {
    await loadIdentity({}, home, memory.log);
    const before = pem();
    writeFileSync(join(home, ".vnc/kasmix.pem"), before.slice(0, 300));
    await loadIdentity({}, home, memory.log);
    expect(pem()).not.toBe(before);
    expect(memory.events("certificate.replaced")).toHaveLength(1);
  });

  it.each([
    ["replaced when it expires within 30 days", 30, false],
    ["used while it is valid for longer", 32, true],
  ])("in the home is %s", async (_, days, isKept) => {
    const { cert, key } = makeCertificate(days);
    mkdirSync(join(home, ".vnc"), { recursive: true });
    writeFileSync(join(home, ".vnc/kasmix.pem"), cert + key);
    const identity = await loadIdentity({}, home, memory.log);
    expect(identity.cert.includes(cert)).toBe(isKept);
    expect(pem() === cert + key).toBe(isKept);
    expect(memory.events("certificate.replaced")).toHaveLength(isKept ? 0 : 1);
  });

  // Whoever trusted it trusted it for every site, and each program of the desktop could sign certificates with its key.
  it("is not a CA, and is valid for a client that trusts only it", async () => {
    const { cert } = await loadIdentity({}, home, memory.log);
    expect(new X509Certificate(cert).ca).toBe(false);
    writeFileSync(join(home, "cert"), cert);
    const verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost"];
    const trusted = spawnSync("openssl", [...verify, "-CAfile", "cert", "cert"], { cwd: home });
    expect([trusted.status, String(trusted.stderr)]).toEqual([0, ""]);
  });

  it("in the home is replaced when it is a CA", async () => {
    const { cert, key } = makeCertificate(90, ["basicConstraints=critical,CA:TRUE"]);
    mkdirSync(join(home, ".vnc"), { recursive: true });
    writeFileSync(join(home, ".vnc/kasmix.pem"), cert + key);
    const identity = await loadIdentity({}, home, memory.log);
    expect(identity.cert).not.toBe(cert);
    expect(pem()).toBe(identity.cert + identity.key);
    expect(memory.events("certificate.replaced")).toMatchObject([
      { message: expect.stringMatching(/^It is a CA.*remove it from the browsers/) },
    ]);
  });

  it("is used shortly before it expires when no new one can be created", async () => {
    const { cert, key } = makeCertificate(3);
    mkdirSync(join(home, ".vnc"), { recursive: true });
    writeFileSync(join(home, ".vnc/kasmix.pem"), cert + key);
    vi.stubEnv("PATH", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await loadIdentity({}, home, memory.log)).cert).toBe(cert + key);
  });

  it("is used even if it cannot be saved", async () => {
    writeFileSync(join(home, "file"), "");
    const { cert } = await loadIdentity({}, join(home, "file"), memory.log);
    expect(cert).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(memory.events("certificate.unkept")).toHaveLength(1);
  });
});
