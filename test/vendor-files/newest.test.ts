import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import type { VendorPackage } from "../../src/model/types.ts";
import { findNewest } from "../../src/vendor-files/newest.ts";
import { type Page, playVendor, redirectTo, refuseWith, sha256 } from "./vendor-web.ts";

const HASH = sha256("the newest");

/** The newest version of a package with this source, or the error. */
async function newestOf(
  newest: NonNullable<VendorPackage["newest"]>,
  pages: Readonly<Record<string, Page>>,
  { url = "https://dl.test/app-{version}.tar.gz", patience = 20, silence = 20 } = {},
) {
  const { web, asked } = await playVendor(pages, { silence });
  const vendor = {
    version: "1.0",
    url,
    sha256: sha256("1.0"),
    format: "tar.gz",
    programs: ["/opt/app/app"],
  } as const;
  const found = await findNewest("app", { ...vendor, newest }, { web, patience }).catch(
    (error: Error) => error.message,
  );
  return { found, asked };
}

function paragraph(fields: Readonly<Record<string, string>>): string {
  return Object.entries({ Architecture: "amd64", ...fields })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

const INDEX = "https://apt.test/repo/dists/xenial/main/binary-amd64/Packages";
const DEBIAN = { debianPackages: INDEX, package: "signal-desktop" };
const POOL = "pool/s/signal-desktop";
const DEB_URL = `https://apt.test/repo/${POOL}/signal-desktop_{version}_amd64.deb`;
const PACKAGES = [
  paragraph({
    Package: "signal-desktop",
    Version: "8.9.0",
    Filename: `${POOL}/signal-desktop_8.9.0_amd64.deb`,
    SHA256: sha256("8.9"),
  }),
  paragraph({
    Package: "signal-desktop",
    Version: "8.26.0",
    Filename: `${POOL}/signal-desktop_8.26.0_amd64.deb`,
    SHA256: HASH,
  }),
  paragraph({
    Package: "signal-desktop-beta",
    Version: "9.0",
    Filename: "pool/beta.deb",
    SHA256: sha256("beta"),
  }),
].join("\n");

it("takes the newest of several versions from a Debian index, as Debian orders them", async () => {
  const { found, asked } = await newestOf(DEBIAN, { [INDEX]: PACKAGES }, { url: DEB_URL });
  expect(found).toEqual({ version: "8.26.0", sha256: HASH });
  expect(asked).toEqual([INDEX]);
});

it("reads a packed index too, and one with a mark for each end of a line", async () => {
  const packed = { ...DEBIAN, debianPackages: `${INDEX}.gz` };
  const pages = { [`${INDEX}.gz`]: gzipSync(PACKAGES.replaceAll("\n", "\r\n")) };
  expect((await newestOf(packed, pages, { url: DEB_URL })).found).toEqual({
    version: "8.26.0",
    sha256: HASH,
  });
});

it("leaves out the epoch where the file's name does", async () => {
  const entry = {
    Package: "signal-desktop",
    Version: "2:1.4",
    Filename: `${POOL}/signal-desktop_1.4_amd64.deb`,
    SHA256: HASH,
  };
  const { found } = await newestOf(DEBIAN, { [INDEX]: paragraph(entry) }, { url: DEB_URL });
  expect(found).toEqual({ version: "1.4", sha256: HASH });
});

it.each([
  ["another package", paragraph({ Package: "other", Version: "1" }), "has no package signal-desktop"],
  ["a page for people", "<html>Please log in</html>", "has no package signal-desktop"],
  ["no hash", paragraph({ Package: "signal-desktop", Version: "2" }), "has no SHA256 of signal-desktop 2"],
  [
    "an invalid hash",
    paragraph({
      Package: "signal-desktop",
      Version: "2",
      Filename: `${POOL}/signal-desktop_2_amd64.deb`,
      SHA256: "abc",
    }),
    "which is not a SHA-256",
  ],
  [
    "a file in another place",
    paragraph({
      Package: "signal-desktop",
      Version: "2",
      Filename: "pool/new/signal-desktop_2_amd64.deb",
      SHA256: HASH,
    }),
    "2 is at https://apt.test/repo/pool/new/signal-desktop_2_amd64.deb now, which does not match `url`",
  ],
  ["a damaged packed index", Buffer.from("1f8b0800", "hex"), "is damaged"],
])("does not take an index with %s", async (_what, index, message) => {
  expect((await newestOf(DEBIAN, { [INDEX]: index }, { url: DEB_URL })).found).toContain(message);
});

it("does not unpack an index without end", async () => {
  const bomb = gzipSync(Buffer.alloc(70 * 1024 ** 2));
  const packed = { ...DEBIAN, debianPackages: `${INDEX}.gz` };
  expect((await newestOf(packed, { [`${INDEX}.gz`]: bomb })).found).toContain("is too long");
});

const DOWNLOAD = "https://app.test/api/download?platform=linux";
const REDIRECT = { redirect: DOWNLOAD, version: "/linux/([0-9.]+)/" };

it("finds the version in the address that a redirect leads to, without fetching it", async () => {
  const file = "https://dl2.test/apps/linux/1.0.160/app-1.0.160.tar.gz";
  const pages = {
    [DOWNLOAD]: redirectTo("/api/download/stable"),
    "https://app.test/api/download/stable": redirectTo(file, 307),
  };
  const { found, asked } = await newestOf(REDIRECT, pages);
  expect(found).toEqual({ version: "1.0.160" });
  expect(asked).toEqual([DOWNLOAD, "https://app.test/api/download/stable"]);
});

it.each([
  ["does not redirect", { [DOWNLOAD]: "hello" }, `${DOWNLOAD} does not redirect: nothing there matches`],
  [
    "redirects to something without a version",
    { [DOWNLOAD]: redirectTo("https://app.test/"), "https://app.test/": "" },
    "redirects to https://app.test/: nothing there matches",
  ],
  ["redirects for ever", { [DOWNLOAD]: redirectTo(DOWNLOAD) }, "redirects more than 8 times"],
  [
    "redirects to plain http",
    { [DOWNLOAD]: redirectTo("http://app.test/linux/2.0/") },
    "something that is not an https address",
  ],
  [
    "redirects to a file of this machine",
    { [DOWNLOAD]: redirectTo("file:///linux/2.0/") },
    "something that is not an https address",
  ],
  ["redirects to nonsense", { [DOWNLOAD]: redirectTo("https://[") }, "something that is not an address"],
  [
    "gives an error",
    { [DOWNLOAD]: refuseWith(500) },
    "app.test does not send /api/download: it answered 500",
  ],
])("does not take an address that %s", async (_what, pages: Record<string, Page>, message) => {
  expect((await newestOf(REDIRECT, pages)).found).toContain(message);
});

it("takes nothing for a version that would not be one: it goes into a source file and an address", async () => {
  const source = { redirect: DOWNLOAD, version: "/v/(.+)$" };
  const pages = { [DOWNLOAD]: redirectTo('/v/1";process.exit()//..%2f') };
  expect((await newestOf(source, pages)).found).toContain("which is not a version");
});

const REPOSITORY = { githubRelease: "Vendor/App", tag: "^v([0-9.]+)$" };
const RELEASES = "https://api.github.com/repos/Vendor/App/releases?per_page=100";

function release(tag: string, published: string, assets: readonly object[], more: object = {}) {
  return { tag_name: tag, published_at: published, assets, draft: false, prerelease: false, ...more };
}

function asset(name: string, more: object = {}) {
  return { name, browser_download_url: `https://github.com/Vendor/App/${name}`, ...more };
}

it("takes the newest matching release that has the file, with its hash from SHA256SUMS", async () => {
  const list = [
    release("v9.0", "2026-12-01", [asset("app-9.0.tar.gz")], { prerelease: true }),
    release("v8.0", "2026-12-01", [asset("app-8.0.tar.gz")], { draft: true }),
    release("py-7.0", "2026-11-30", [asset("app-7.0.tar.gz")]),
    release("v1.1", "2026-11-01", [asset("app-1.1.tar.gz")]),
    release("v1.3", "2026-11-29", [asset("app-arm64-1.3.tar.gz")]),
    release("v1.2", "2026-11-20", [asset("app-1.2.tar.gz"), asset("SHA256SUMS")]),
  ];
  const sums = `${sha256("other")}  app-1.2.zip\n${HASH.toUpperCase()} *./app-1.2.tar.gz\n`;
  const pages = { [RELEASES]: JSON.stringify(list), "https://github.com/Vendor/App/SHA256SUMS": sums };
  expect((await newestOf(REPOSITORY, pages)).found).toEqual({ version: "1.2", sha256: HASH });
});

it("takes the hash from the list itself, if it has one", async () => {
  const told = [release("v1.2", "2026", [asset("app-1.2.tar.gz", { digest: `sha256:${HASH}` })])];
  expect((await newestOf(REPOSITORY, { [RELEASES]: JSON.stringify(told) })).found).toEqual({
    version: "1.2",
    sha256: HASH,
  });
  const silent = [release("v1.2", "2026", [asset("app-1.2.tar.gz", { digest: null })])];
  expect((await newestOf(REPOSITORY, { [RELEASES]: JSON.stringify(silent) })).found).toEqual({
    version: "1.2",
  });
});

it.each([
  ["no list", JSON.stringify({ message: "Not Found" }), "api.github.com does not send a list of releases"],
  ["no JSON", "<html>", "api.github.com does not send a list of releases"],
  [
    "odd entries only",
    JSON.stringify([null, 1, "x", {}, { tag_name: 5, assets: "x" }]),
    "no release's tag matches",
  ],
  [
    "no file",
    JSON.stringify([release("v1.2", "2026", [asset("other")])]),
    "no release has the file that `url` names",
  ],
  [
    "a limit",
    refuseWith(403, { "x-ratelimit-remaining": "0" }),
    "it answered 403: too many requests from this address",
  ],
])("says what is wrong with a repository that gives %s", async (_what, page: Page, message) => {
  expect((await newestOf(REPOSITORY, { [RELEASES]: page })).found).toContain(message);
});

it("gives up on a silent vendor, and on an endless answer", async () => {
  const mute = await newestOf(DEBIAN, { [INDEX]: () => {} }, { silence: 0.2 });
  expect(mute.found).toContain("it does not answer in time");
  const drip: Page = (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  };
  const endless = await newestOf(DEBIAN, { [INDEX]: drip }, { patience: 0.3 });
  expect(endless.found).toContain("its answer was not complete after 0.3 seconds");
});

it("does not read an answer that is too long, announced or not", async () => {
  const told: Page = (_request, response) =>
    response.writeHead(200, { "content-length": 10 * 1024 ** 3 }).write("x");
  expect((await newestOf(DEBIAN, { [INDEX]: told })).found).toContain("its answer is longer than 64 MiB");
  const piece = Buffer.alloc(1024 ** 2);
  const flood: Page = (_request, response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.closed && response.write(piece));
      if (!response.closed) response.once("drain", pour);
    };
    pour();
  };
  expect((await newestOf(DEBIAN, { [INDEX]: flood })).found).toContain("its answer is longer than 64 MiB");
});

it("does not take an answer that broke off for a whole one", async () => {
  const cut: Page = (_request, response) => {
    response.writeHead(200, { "content-length": 1000 }).write("Package: signal-desktop\n");
    response.socket?.destroySoon();
  };
  expect((await newestOf(DEBIAN, { [INDEX]: cut })).found).toContain("apt.test does not send");
  const endless: Page = (_request, response) => {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { connection: "close" }).end("Package: signal-desktop\n");
  };
  expect((await newestOf(DEBIAN, { [INDEX]: endless })).found).toContain("its answer has no length");
});
