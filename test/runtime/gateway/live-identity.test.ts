import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../helpers/eventually.ts";
import { makeCertificate, shownSerial } from "./certificates.ts";
import { type Harness, openHarness } from "./harness.ts";

let folder: string;
let h: Harness;
const path = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-renewal-"));
});

afterEach(() => {
  h.close();
  rmSync(folder, { recursive: true, force: true });
});

type Pair = ReturnType<typeof makeCertificate>;

/** Writes new files and renames them over the old ones, as careful programs do. */
function replace({ cert, key }: Pair, directory = "."): void {
  for (const [name, content] of [
    ["tls.crt", cert],
    ["tls.key", key],
  ] as const) {
    writeFileSync(path(`${directory}/${name}.new`), content);
    renameSync(path(`${directory}/${name}.new`), path(`${directory}/${name}`));
  }
}

const open = async () => {
  h = await openHarness({ KASMIX_TLS_CERT: path("tls.crt"), KASMIX_TLS_KEY: path("tls.key") });
};

const shows = ({ serial }: Pair) => eventually(async () => expect(await shownSerial(h.port)).toBe(serial));

describe("a renewed certificate", () => {
  it("is used without a restart, and open connections continue", async () => {
    const [first, second] = [makeCertificate(), makeCertificate()];
    replace(first);
    await open();
    await shows(first);
    const client = h.open();
    await once(client, "open");
    const socket = connect({ port: h.port, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    replace(second);
    await shows(second);
    expect(h.events("certificate.renewed")).toMatchObject([
      { path: path("tls.crt"), serial: second.serial, expires: expect.any(String) },
    ]);
    client.send(Buffer.from("still here"));
    expect(String((await once(client, "message"))[0])).toBe("still here");
    client.close();
    expect(socket.getPeerCertificate().serialNumber).toBe(first.serial);
    socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1.1 200 /);
    expect((await h.fetch("/healthz", {})).status).toBe(200);
  });

  it("is used each time Kubernetes swaps a secret", async () => {
    const pairs = [makeCertificate(), makeCertificate(), makeCertificate()] as const;
    const publish = (pair: Pair, version: number) => {
      mkdirSync(path(`..v${version}`));
      replace(pair, `..v${version}`);
      symlinkSync(`..v${version}`, path("..data_tmp"));
      renameSync(path("..data_tmp"), path("..data"));
      if (version > 0) rmSync(path(`..v${version - 1}`), { recursive: true });
    };
    publish(pairs[0], 0);
    for (const name of ["tls.crt", "tls.key"]) symlinkSync(`..data/${name}`, path(name));
    await open();
    await shows(pairs[0]);
    for (const version of [1, 2] as const) {
      publish(pairs[version], version);
      await shows(pairs[version]);
    }
    expect(h.events("certificate.unusable")).toEqual([]);
  });

  it("is used when it is written in place, also through links to another directory", async () => {
    const [first, second, third] = [makeCertificate(), makeCertificate(), makeCertificate()];
    mkdirSync(path("archive"));
    replace(first, "archive");
    for (const name of ["tls.crt", "tls.key"]) symlinkSync(path(`archive/${name}`), path(name));
    await open();
    await shows(first);
    writeFileSync(path("tls.crt"), second.cert);
    writeFileSync(path("tls.key"), second.key);
    await shows(second);
    replace(third, "archive");
    await shows(third);
  });

  it("is used when its whole directory is replaced", async () => {
    const [first, second, third] = [makeCertificate(), makeCertificate(), makeCertificate()];
    for (const [name, pair] of [
      ["live", first],
      ["next", second],
    ] as const) {
      mkdirSync(path(name));
      replace(pair, name);
    }
    h = await openHarness({
      KASMIX_TLS_CERT: path("live/tls.crt"),
      KASMIX_TLS_KEY: path("live/tls.key"),
    });
    await shows(first);
    renameSync(path("live"), path("old"));
    renameSync(path("next"), path("live"));
    await shows(second);
    replace(third, "live");
    await shows(third);
  });

  it("is used when there was none before", async () => {
    await open();
    const own = await eventually(() => shownSerial(h.port));
    expect(h.events("certificate.unusable")).toMatchObject([
      { path: path("tls.crt"), message: expect.stringMatching(/tls.crt is missing: mount/) },
    ]);
    const pair = makeCertificate();
    expect(pair.serial).not.toBe(own);
    replace(pair);
    await shows(pair);
  });

  it("is used from the home too", async () => {
    h = await openHarness();
    await eventually(() => shownSerial(h.port));
    const pair = makeCertificate();
    writeFileSync(join(h.folder, ".vnc/self.pem"), pair.cert + pair.key);
    await shows(pair);
  });
});

describe("an unusable renewed certificate", () => {
  const other = makeCertificate();
  it.each([
    [
      "is not a certificate",
      { cert: "nonsense", key: other.key },
      /tls.crt is not a PEM certificate .*replace it/,
    ],
    ["has no key", { cert: other.cert, key: "nonsense" }, /tls.key is not a PEM key .*replace it/],
    ["has another's key", { cert: other.cert, key: makeCertificate().key }, /does not belong .*replace both/],
    ["has expired", makeCertificate(0), /tls.crt expired on .*renew it/],
    [
      "has a broken chain",
      { ...other, cert: `${other.cert}${other.cert.slice(0, 200)}` },
      /cannot be used for TLS/,
    ],
  ])("is logged, and the old one stays: it %s", async (_, bad, message) => {
    const [first, mended] = [makeCertificate(), makeCertificate()];
    replace(first);
    await open();
    await shows(first);
    replace({ ...bad, serial: "" });
    await eventually(() => expect(h.events("certificate.unusable")).toHaveLength(1));
    const [record] = h.events("certificate.unusable");
    expect(record).toMatchObject({ path: path("tls.crt"), message: expect.stringMatching(message) });
    expect(record?.message).toContain("the previous certificate stays in use");
    await shows(first);
    replace(mended);
    await shows(mended);
    expect(h.events("certificate.unusable")).toHaveLength(1);
  });

  it("does not replace the previous one when it is deleted", async () => {
    const pair = makeCertificate();
    replace(pair);
    await open();
    rmSync(path("tls.crt"));
    await eventually(() => expect(h.events("certificate.unusable")).toHaveLength(1));
    await shows(pair);
  });
});
