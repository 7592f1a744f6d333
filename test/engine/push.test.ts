import { chmodSync } from "node:fs";
import { expect, it, vi } from "vitest";
import type { Image } from "../../src/engine/image.ts";
import { pushImage } from "../../src/engine/push.ts";
import { parseReference } from "../../src/engine/reference.ts";
import { makeProject } from "../helpers/project.ts";

const BLOB = "trying to reuse blob sha256:f401403ab at destination: pinging container registry h:40312";

/** Digests and ports were once taken for the codes that ask for a password. */
it.each([
  [`${BLOB}: dial tcp 127.0.0.1:40312: connect: connection refused`, "whether the registry runs"],
  [`${BLOB}: http: server gave HTTP response to HTTPS client`, "--insecure"],
  [`${BLOB}: x509: certificate signed by unknown authority`, "--insecure"],
  [`${BLOB}: received unexpected HTTP status: 403 Forbidden`, "skopeo login"],
  [`${BLOB}: authentication required`, "skopeo login"],
  [`${BLOB}: no space left on device`, undefined],
])("tells what to do about what skopeo says: %s", async (reason, fix) => {
  const folder = makeProject({ skopeo: `#!/bin/sh\necho 'level=fatal msg="${reason}"' >&2\nexit 1\n` });
  chmodSync(`${folder}/skopeo`, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  try {
    const image = { directory: folder } as Image;
    const failure = await pushImage(image, parseReference("registry.example/team/x")).catch((error) => error);
    expect(failure).toMatchObject({ code: "E_PUBLISH", message: expect.stringContaining(reason) });
    expect(failure.fix).toEqual(fix === undefined ? undefined : expect.stringContaining(fix));
  } finally {
    vi.unstubAllEnvs();
  }
});
