import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readChallenge } from "../../src/oci/authorize.ts";
import { findCredentials } from "../../src/oci/credentials.ts";
import { makeProject } from "../helpers/project.ts";

const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

function project(files: Readonly<Record<string, unknown>>): string {
  return makeProject(
    Object.fromEntries(Object.entries(files).map(([path, value]) => [path, JSON.stringify(value)])),
  );
}

it("the most exact entry wins, and a password may have colons", async () => {
  const auths = { "reg.example": auth("all:x"), "reg.example/team": auth("team:a:b") };
  const REGISTRY_AUTH_FILE = join(project({ "auth.json": { auths } }), "auth.json");
  const find = (repository: string) => findCredentials("reg.example", repository, { REGISTRY_AUTH_FILE });
  expect(await find("team/desk")).toEqual({ username: "team", password: "a:b" });
  expect(await find("other/desk")).toEqual({ username: "all", password: "x" });
  expect(await findCredentials("else.example", "team", { REGISTRY_AUTH_FILE })).toBeUndefined();
});

it("reads Docker's file where containers' own has nothing; a damaged one counts as none", async () => {
  const auths = { "https://reg.example/v1/": auth("docker:x") };
  const root = makeProject({
    "run/containers/auth.json": "{",
    ".docker/config.json": JSON.stringify({ auths }),
  });
  const environment = { HOME: root, XDG_RUNTIME_DIR: join(root, "run") };
  expect(await findCredentials("reg.example", "x", environment)).toEqual({
    username: "docker",
    password: "x",
  });
});

it("asks the helper that the file names, by its standard input", async () => {
  const root = makeProject({
    "auth.json": JSON.stringify({ credHelpers: { "reg.example": "kasmix-test" } }),
    "docker-credential-kasmix-test": `#!/bin/sh
[ "$1" = get ] && printf '{"Username":"helped","Secret":"%s"}' "$(cat)"
`,
  });
  chmodSync(join(root, "docker-credential-kasmix-test"), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${root}:${path}`;
  onTestFinished(() => {
    process.env.PATH = path;
  });
  const found = await findCredentials("reg.example", "x", { REGISTRY_AUTH_FILE: join(root, "auth.json") });
  expect(found).toEqual({ username: "helped", password: "reg.example" });
});

it("takes a challenge apart", () => {
  expect(readChallenge('Bearer realm="https://t.example/a?b=c,d",service=own, scope="x:y"')).toEqual({
    scheme: "bearer",
    parameters: { realm: "https://t.example/a?b=c,d", service: "own", scope: "x:y" },
  });
  expect(readChallenge("")).toEqual({ scheme: "", parameters: {} });
});
