import { expect, it } from "vitest";
import { fileName, vendorFiles } from "../../src/vendor-files/file.ts";

it.each([
  ["https://host.test/pool/app_1.0_amd64.deb", "app_1.0_amd64.deb"],
  ["https://host.test/app.tar.gz?token=1#x", "app.tar.gz"],
  ["https://host.test/app%201%2B2.zip", "app_1+2.zip"],
  ["https://host.test/%E0%A4%A.zip", "_E0_A4_A.zip"],
  ["https://host.test/.hidden", "_hidden"],
  ["https://host.test/download/", "app-1.0"],
  ["https://host.test", "app-1.0"],
  [`https://host.test/${"a".repeat(300)}.zip`, `${"a".repeat(196)}.zip`],
])("derives a name that Nix accepts from %s", (url, name) => {
  expect(fileName("app", { url, version: "1.0" })).toBe(name);
});

it("knows where a file will lie in the store, before it is there", () => {
  const package_ = {
    version: "8.26.0",
    url: "https://host.test/signal-desktop_8.26.0_amd64.deb",
    sha256: "5265d3e3090a9785393c7547f8d720658d04ee717efb5810e01de2221b032b3d",
    ...({
      format: "deb",
      directory: "/opt/signal",
      strip: 0,
      programs: ["/opt/Signal/signal-desktop"],
    } as const),
  };
  const [file] = vendorFiles({ name: "signal", vendor: { signal: package_ } }, "/nix/store");
  // As `nix-store --print-fixed-path sha256 <hash> <name>` has it.
  expect(file).not.toHaveProperty("pins");
  // KasmVNC's release is in no workspace.ts.
  const [shared] = vendorFiles({ name: "signal", vendor: { kasmvnc: package_ } });
  expect(shared?.pins).toBe("nix/vendor-files/kasmvnc.json");
  expect(file?.storePath).toBe("/nix/store/i4y2f0p8chw7wpimv9jnb4vmhafbb8hv-signal-desktop_8.26.0_amd64.deb");
});
