import { afterEach, expect, it, vi } from "vitest";
import { renderCreate } from "../../src/builder/container.ts";
import type { Engine } from "../../src/engine/detect.ts";

afterEach(() => void vi.unstubAllEnvs());

function create(kind: Engine["kind"]): string {
  const engine = { kind, createOptions: ["--ulimit", "nproc=9:9"] } as unknown as Engine;
  return renderCreate({ engine, image: "kasmix-builder:0" }, ["true"]).join(" ");
}

it.each([
  ["docker", "systempaths=unconfined"],
  ["podman", "unmask=ALL"],
] as const)("%s: nothing but the store is mounted, and no capability is left", (kind, paths) => {
  const words = create(kind);
  expect(words).toContain("--cap-drop ALL --security-opt no-new-privileges");
  expect(words).toMatch(/^create --pull never /);
  expect(words).toContain(`--security-opt ${paths}`);
  expect(words.match(/--volume \S+/g)).toEqual(["--volume kasmix-nix:/nix"]);
  expect(words).not.toMatch(/privileged( |$)(?<!no-new-privileges )|--cap-add|docker\.sock|--user/);
  expect(words).toMatch(/--ulimit nproc=9:9 .* kasmix-builder:0 true$/);
});

it("names mirrors and proxies, and puts their values on no command line", () => {
  vi.stubEnv("KASMIX_DEBIAN_MIRROR", "http://mirror.test");
  vi.stubEnv("HTTP_PROXY", "http://name:secret@proxy.test");
  const words = create("docker");
  expect(words).toContain("--env KASMIX_DEBIAN_MIRROR ");
  expect(words).toContain("--env http_proxy ");
  expect(words).not.toMatch(/\.test|secret/);
});
