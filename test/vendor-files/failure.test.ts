import { expect, it } from "vitest";
import { explainVendorFailure } from "../../src/vendor-files/failure.ts";
import type { VendorFile } from "../../src/vendor-files/file.ts";

function file(name: string, url: string): VendorFile {
  const last = url.slice(url.lastIndexOf("/") + 1);
  const hash = "5265d3e3090a9785393c7547f8d720658d04ee717efb5810e01de2221b032b3d";
  return {
    workspace: "chat",
    name,
    version: "1.0",
    url,
    sha256: hash,
    file: last,
    storePath: `/nix/store/x-${last}`,
  };
}

const SIGNAL = file("signal", "https://updates.signal.org/pool/signal-desktop_8.26.0_amd64.deb");
const DISCORD = file("discord", "https://dl2.discordapp.net/1.0.160/discord-1.0.160.tar.gz");
const FILES = [DISCORD, SIGNAL];

/** As Nix 2.8 and 2.26 say it. */
const DRV = "/nix/store/6n9j9flpr3l3rxzdgyzvxbdzfblaarqg-signal-desktop_8.26.0_amd64.deb.drv";
const UNREACHABLE = `warning: error: unable to download '${SIGNAL.url}': Couldn't resolve host name (6); retrying in 269 ms
error: builder for '${DRV}' failed with exit code 1;
       last 1 log lines:
       > error: unable to download '${SIGNAL.url}': Couldn't resolve host name (6)
       For full logs, run 'nix log ${DRV}'.`;
const GONE = `error: unable to download '${DISCORD.url}': HTTP error 404\n\n       response body:\n\n       not found`;
const OTHER = `error: hash mismatch in fixed-output derivation '${DRV}':
         specified: sha256-UmXT4wkKl4U5PHVH+NcgZY0E7nF++1gQ4B3iIhsDKz0=
            got:    sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=`;

it("names workspace, package, host and file of a failed download, with what to do", () => {
  expect(explainVendorFailure(UNREACHABLE, FILES)).toMatchObject({
    code: "E_FETCH",
    message: "Vendor files of chat cannot be downloaded.",
    faults: [
      {
        path: "vendor.signal (workspaces/chat/workspace.ts)",
        message:
          "updates.signal.org does not send signal-desktop_8.26.0_amd64.deb: Couldn't resolve host name",
      },
    ],
    fix: expect.stringContaining("add --without-vendor"),
  });
});

// It named a place in workspace.ts that does not exist, and a command that refused it.
it("names the file of pins, and the command that renews it, for what no workspace.ts pins", () => {
  const shared = FILES.map((each) => ({ ...each, pins: "nix/vendor-files/kasmvnc.json" }));
  expect(explainVendorFailure(OTHER, shared)?.faults).toMatchObject([
    { path: "signal (nix/vendor-files/kasmvnc.json)", fix: "./kasmix update" },
  ]);
});

it("shows both hashes of a replaced file, in the notation of workspace.ts", () => {
  const failure = explainVendorFailure(OTHER, FILES);
  expect(failure).toMatchObject({
    code: "E_FETCH",
    message: "Vendor files of chat do not have the pinned hashes.",
  });
  expect(failure?.faults).toEqual([
    {
      path: "vendor.signal (workspaces/chat/workspace.ts)",
      message: [
        "The file from updates.signal.org is not the pinned signal-desktop_8.26.0_amd64.deb:",
        `  expected sha256 ${SIGNAL.sha256}`,
        "  got      sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      ].join("\n"),
      fix: "./kasmix update chat signal",
    },
  ]);
});

it("reports all at once", () => {
  const failure = explainVendorFailure(`${OTHER}\n${GONE}`, FILES);
  expect(failure?.faults.map(({ path }) => path.split(" ")[0])).toEqual(["vendor.discord", "vendor.signal"]);
  expect(failure?.faults[0]?.message).toContain("HTTP error 404");
});

it.each([
  [
    "another file that cannot be downloaded",
    "error: unable to download 'https://snapshot.debian.org/x.deb': HTTP error 404",
  ],
  ["another file that is wrong", OTHER.replaceAll("signal-desktop_8.26.0_amd64.deb", "busybox.deb")],
  ["a failed build", `error: builder for '${DRV}' failed with exit code 2`],
])("has nothing to say of %s", (_what, text) => expect(explainVendorFailure(text, FILES)).toBeUndefined());
