import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../docs/pages.ts";
import { makeNamespace, notRun } from "./namespace.ts";

describe.skipIf(notRun !== "")(`examples of the documentation${notRun}`, () => {
  test("the API server accepts the objects for a reverse proxy", async () => {
    const page = readFileSync(join(ROOT, "docs/operate/reverse-proxy.md"), "utf8");
    const objects = [...page.matchAll(/^```yaml\n(apiVersion:[\s\S]*?)^```/gm)].map(([, text = ""]) => text);
    const { kubectl } = await makeNamespace("restricted");
    expect(await kubectl(["create", "--dry-run=server", "--filename=-"], objects.join("---\n"))).toEqual([
      "ingress.networking.k8s.io/kasmix-desktop created (server dry run)",
      "httproute.gateway.networking.k8s.io/kasmix-desktop created (server dry run)",
    ]);
  });
});
