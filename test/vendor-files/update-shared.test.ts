import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KASMVNC_PINS, WHEEL_PINS } from "../../src/vendor-files/shared.ts";
import { updateShared } from "../../src/vendor-files/update-shared.ts";
import { makeProject } from "../helpers/project.ts";
import { givePip } from "../wheels/pip-index.ts";
import { wheelFile, wheelName, withoutPip } from "../wheels/wheel-file.ts";
import { type Page, playVendor, sha256 } from "./vendor-web.ts";

const RELEASES = "https://api.github.com/repos/maker/vnc/releases?per_page=100";
const DOWNLOADS = "https://github.com/maker/vnc/releases/download";
const MACHINES = { amd64: "x86_64", arm64: "aarch64" } as const;

/** Both files of pins at version 1.0.0, with fields that an update does not know. */
function pinsAt(version: string, wheel: (file: string) => string, deb: (arch: string) => string) {
  const each = <T>(make: (architecture: "amd64" | "arm64") => T) => ({
    amd64: make("amd64"),
    arm64: make("arm64"),
  });
  const screen = {
    version,
    licence: "MPL-2.0",
    newest: { pip: "screen" },
    ...each((architecture) => ({
      url: `https://wheels.test/{version}/${wheelName("{version}", MACHINES[architecture])}`,
      sha256: wheel(wheelName(version, MACHINES[architecture])),
    })),
    bundled: [{ name: "x264", version: "0.165", licence: "GPL-2.0-or-later" }],
  };
  const vnc = {
    version,
    newest: { githubRelease: "maker/vnc", tag: "^v([0-9.]+)$" },
    ...each((architecture) => ({
      url: `${DOWNLOADS}/v{version}/vnc_{version}_${architecture}.deb`,
      sha256: deb(architecture),
    })),
  };
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return { [WHEEL_PINS]: text({ screen }), [KASMVNC_PINS]: text({ vnc }) };
}

const OLD = pinsAt(
  "1.0.0",
  () => sha256("old"),
  () => sha256("old"),
);
const NEW = pinsAt(
  "2.0.0",
  (file) => sha256(wheelFile(file)),
  (architecture) => sha256(`2.0.0 ${architecture}`),
);

/** The releases of the maker; GitHub tells the hash of one file, the other is downloaded for it. */
const PAGES: Readonly<Record<string, Page>> = {
  [RELEASES]: JSON.stringify([
    {
      tag_name: "v2.0.0",
      published_at: "2026-01-01",
      assets: ["amd64", "arm64"].map((architecture) => ({
        name: `vnc_2.0.0_${architecture}.deb`,
        browser_download_url: `${DOWNLOADS}/v2.0.0/vnc_2.0.0_${architecture}.deb`,
        digest: architecture === "amd64" ? `sha256:${sha256("2.0.0 amd64")}` : null,
      })),
    },
  ]),
  [`${DOWNLOADS}/v2.0.0/vnc_2.0.0_arm64.deb`]: "2.0.0 arm64",
};

async function run(root: string, pages = PAGES, check = false) {
  const { web } = await playVendor(pages);
  return updateShared(root, { web, check });
}

function pinsIn(root: string): Record<string, string> {
  return Object.fromEntries(
    [WHEEL_PINS, KASMVNC_PINS].map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
}

const summary = ({ updates }: Awaited<ReturnType<typeof run>>) =>
  updates.map(({ name, state, from, to }) => `${name} ${state} ${from} ${to}`);

it.skipIf(withoutPip)(
  `pins the newest of everything with the hashes of both architectures, and nothing more the next time${withoutPip}`,
  async () => {
    givePip(
      ...["1.0.0", "2.0.0"].flatMap((version) =>
        Object.values(MACHINES).map((each) => wheelName(version, each)),
      ),
    );
    const root = makeProject(OLD);
    expect(summary(await run(root, PAGES, true))).toEqual([
      "screen outdated 1.0.0 2.0.0",
      "vnc outdated 1.0.0 2.0.0",
    ]);
    expect(pinsIn(root)).toEqual(OLD);
    expect(summary(await run(root))).toEqual(["screen updated 1.0.0 2.0.0", "vnc updated 1.0.0 2.0.0"]);
    expect(pinsIn(root)).toEqual(NEW);
    expect(summary(await run(root))).toEqual(["screen unchanged 2.0.0 2.0.0", "vnc unchanged 2.0.0 2.0.0"]);
  },
);

it.skipIf(withoutPip)(`updates what it can, and reports the rest with its place${withoutPip}`, async () => {
  // The wheel of one architecture is not there yet.
  givePip(wheelName("2.0.0", "x86_64"), wheelName("1.0.0", "aarch64"));
  const root = makeProject(OLD);
  const result = await run(root);
  expect(summary(result)).toEqual(["vnc updated 1.0.0 2.0.0"]);
  expect(result.fetchFaults).toEqual([
    {
      path: `screen (${WHEEL_PINS})`,
      message: "The newest versions differ: 2.0.0 for amd64, 1.0.0 for arm64.",
      fix: "Try again later.",
    },
  ]);
  expect(pinsIn(root)).toEqual({ ...NEW, [WHEEL_PINS]: OLD[WHEEL_PINS] });
  const other = await run(makeProject(OLD), {});
  expect(other.updates).toEqual([]);
  expect(other.fetchFaults.map(({ path }) => path)).toEqual([
    `screen (${WHEEL_PINS})`,
    `vnc (${KASMVNC_PINS})`,
  ]);
});
