import { chmodSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import type { Image } from "../../src/engine/image.ts";
import { type PushOptions, pushImage } from "../../src/oci/push.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { makeProject } from "../helpers/project.ts";

const BLOB = "trying to reuse blob sha256:f401403ab at destination: pinging container registry h:40312";

/** A skopeo that does this. */
function useSkopeo(script: string): string {
  const folder = makeProject({ skopeo: `#!/bin/sh\n${script}\n` });
  chmodSync(`${folder}/skopeo`, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  return folder;
}

const push = (directory: string, options?: PushOptions) =>
  pushImage({ directory } as Image, parseReference("registry.example/team/x"), options);

afterEach(() => vi.unstubAllEnvs());

/** Digests and ports were once taken for the codes that ask for a password. */
it.each([
  [`${BLOB}: dial tcp 127.0.0.1:40312: connect: connection refused`, "whether the registry runs"],
  [`${BLOB}: http: server gave HTTP response to HTTPS client`, "--insecure"],
  [`${BLOB}: x509: certificate signed by unknown authority`, "--insecure"],
  [`${BLOB}: received unexpected HTTP status: 403 Forbidden`, "skopeo login"],
  [`${BLOB}: authentication required`, "skopeo login"],
  [`${BLOB}: no space left on device`, undefined],
])("says what to do about skopeo's error: %s", async (reason, fix) => {
  const folder = useSkopeo(`echo 'level=fatal msg="${reason}"' >&2; exit 1`);
  const failure = await push(folder).catch((error) => error);
  expect(failure).toMatchObject({ code: "E_PUBLISH", message: expect.stringContaining(reason) });
  expect(failure.fix).toEqual(fix === undefined ? undefined : expect.stringContaining(fix));
});

it("retries where skopeo gives up: a connection that breaks while a layer is being sent", async () => {
  const broken = 'level=fatal msg="writing blob: write tcp 127.0.0.1:1: use of closed network connection"';
  const folder = useSkopeo(`
    here=$(dirname "$0")
    for word; do case $word in --digestfile=*) file=\${word#*=};; esac; done
    if mkdir "$here/tried"; then echo '${broken}' >&2; exit 1; fi
    echo sha256:abc > "$file"`);
  const lines: string[] = [];
  const { digest } = await push(folder, { onLine: (line) => lines.push(line) });
  expect(digest).toBe("sha256:abc");
  expect(lines.join("\n")).toContain("retrying in 1 s");
});

it("a skopeo that gives no reason is not a missing one", async () => {
  const folder = useSkopeo("exit 7");
  await expect(push(folder)).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringContaining("gave no reason"),
  });
  vi.stubEnv("PATH", `${folder}/none`);
  await expect(push(folder)).rejects.toMatchObject({ code: "E_MACHINE" });
});
