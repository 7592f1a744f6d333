import { expect, test } from "vitest";
import { fixedStorePath, storeName } from "../../src/debian/store-path.ts";

test("a file's store path is the one that nix-store prints", () => {
  // nix-store --print-fixed-path sha256 aaaa… foo_1.deb
  const path = fixedStorePath("a".repeat(64), "foo_1.deb", "/nix/store");
  expect(path).toBe("/nix/store/2bgv8ji4ami8k47x84b6v5kr5208ib83-foo_1.deb");
});

test("characters that Nix does not allow become underscores in a store name", () => {
  expect(storeName("pool/main/b/b/b_1%3a2.0~rc1+dfsg-1_amd64.deb")).toBe("b_1_3a2.0_rc1+dfsg-1_amd64.deb");
});
