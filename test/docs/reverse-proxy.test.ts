import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./pages.ts";

const PAGE = readFileSync(join(ROOT, "docs/operate/reverse-proxy.md"), "utf8");

/** nginx and Caddy run with the page's examples in test/client/reverse-proxy.browser.ts. */
it("the examples in YAML can be read, and the Ingress is one", () => {
  const examples = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => parse(text));
  expect(examples.map(({ kind, ...others }) => kind ?? Object.keys(others)[0])).toEqual([
    "entryPoints",
    "http",
    "Ingress",
    "HTTPRoute",
  ]);
  new Ingress(examples[2]).validate();
});
