import { expect, it } from "vitest";
import type { Engine } from "../../src/engine/detect.ts";
import { pullImage } from "../../src/oci/pull.ts";
import { parseReference } from "../../src/oci/reference.ts";

/** An engine that has every image, of the workspace `desktop`; it records its commands. */
function engineOfDesktop(asked: string[]): Engine {
  const outcome = { ok: true, exitCode: 0, stderr: "", notFound: false, timedOut: false };
  return {
    ...{ kind: "docker", version: "0", globalOptions: [], createOptions: [] },
    async run(args) {
      asked.push(args.join(" "));
      return "";
    },
    attempt: async () => ({ ...outcome, stdout: "sha256:12 desktop\n" }),
  };
}

/** An image that `push desktop-kasmvnc` had sent was refused: it "is the workspace desktop, not desktop-kasmvnc". */
it("pulls another image of a workspace, and tags it with that name", async () => {
  const asked: string[] = [];
  const from = parseReference("registry.example/team/desktop-kasmvnc:1.0");
  const pulled = await pullImage(engineOfDesktop(asked), "desktop", from, "desktop-kasmvnc");
  expect(pulled).toEqual({ image: "kasmix/desktop-kasmvnc:latest", digest: "sha256:12", id: "sha256:12" });
  expect(asked).toEqual(["tag registry.example/team/desktop-kasmvnc:1.0 kasmix/desktop-kasmvnc:latest"]);
  await expect(pullImage(engineOfDesktop([]), "void", from)).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringContaining("belongs to the workspace desktop, not void"),
  });
});
