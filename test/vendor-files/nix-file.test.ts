import { expect, it } from "vitest";
import { renderWorkspace } from "../../src/generate/generate.ts";
import type { App, VendorPackage } from "../../src/model/types.ts";
import { TINY } from "../model/tiny.ts";

const SIGNAL: VendorPackage = {
  version: "8.26.0",
  url: "https://updates.test/signal_{version}_amd64.deb",
  sha256: "a".repeat(64),
  format: "deb",
  programs: ["/opt/Signal/signal-desktop"],
};

/** The vendor part of the Nix file that is generated for a workspace. */
function vendorPart(apps: readonly App[]): string | undefined {
  const [nix] = renderWorkspace({ ...TINY, vendor: { signal: SIGNAL }, apps });
  return /\n {2}vendor = [\s\S]*?\n {2}\};\n/.exec(nix?.[1] ?? "")?.[0];
}

const APP: App = { name: "signal", title: "Signal", command: ["/opt/Signal/signal-desktop", "--no-sandbox"] };

it("renders for Nix what to fetch, under which name, and how to unpack it", () => {
  expect(vendorPart([APP])).toMatchInlineSnapshot(`
    "
      vendor = {
        signal = {
          version = "8.26.0";
          url = "https://updates.test/signal_8.26.0_amd64.deb";
          sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
          format = "deb";
          directory = "/opt/signal";
          strip = 0;
          file = "signal_8.26.0_amd64.deb";
          programs = [ { path = "/opt/Signal/signal-desktop"; title = "Signal"; } ];
        };
      };
    "
  `);
});

it("renders nothing without vendor software", () => {
  expect(renderWorkspace(TINY)[0]?.[1]).not.toContain("vendor");
});

it.each([
  ["its app", [APP], "Signal"],
  ["what its app waits for", [{ ...APP, ready: { window: "signal-desktop" } }], "Signal signal-desktop"],
  ["its app, which waits for no other words", [{ ...APP, ready: { window: "signal" } }], "Signal"],
  ["all its apps", [APP, { ...APP, name: "second", title: "Second" }], "Signal Second"],
  [
    "an app that runs it through another program",
    [{ ...APP, command: ["env", "A=1", ...APP.command] }],
    "Signal",
  ],
  ["the package, where no app runs it", [{ ...APP, command: ["other"] }], "signal"],
])("calls a stand-in's window like %s", (_what, apps: App[], title) => {
  expect(vendorPart(apps)).toContain(`title = "${title}";`);
});
