import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { withApt } from "../../src/debian/apt.ts";
import { prefetch } from "../../src/debian/prefetch.ts";
import { realise } from "../../src/engine/build.ts";
import { detectEngine } from "../../src/engine/detect.ts";
import { readImage } from "../../src/engine/image.ts";
import { prefetchNpm } from "../../src/engine/npm.ts";
import { runProcess } from "../../src/engine/process.ts";
import { openShell } from "../../src/engine/shell.ts";
import { readReferrers } from "../../src/oci/attach.ts";
import { openRegistry } from "../../src/oci/client.ts";
import { publishImage } from "../../src/oci/publish.ts";
import { pullImage } from "../../src/oci/pull.ts";
import { signImage } from "../../src/oci/sign.ts";
import { checkRegistry } from "../../src/registry/check.ts";
import { openSource } from "../../src/registry/source.ts";
import { sampleLock, serve } from "../debian/fixtures.ts";
import { makeProject } from "../helpers/project.ts";
import { openProxy } from "../net/proxy.ts";
import { makeLayout } from "./helpers/layout.ts";

/**
 * Everything on the host that asks the web, each by the real program. `push` and `registry check` asked past the proxy;
 * with HTTP_PROXY in capitals apt and Nix did too, and with HTTP_PROXY alone everything but Kasmix's own requests
 * did for https.
 */
const ASKING: Readonly<Record<string, (host: string) => Promise<unknown>>> = {
  "push, by skopeo": async (host) =>
    publishImage(await tinyImage(), referenceAt(host), { alone: true, insecure: true }),
  "push, for other architectures and --attach": (host) =>
    readReferrers(
      openRegistry({ registry: host, repository: "team/x", insecure: true, delay: 1 }),
      `sha256:${"0".repeat(64)}`,
    ),
  "push --sign, by cosign": (host) => sign(host),
  "pull, by Podman": async (host) => {
    vi.stubEnv("KASMIX_ENGINE", "podman");
    return pullImage(await detectEngine(), "x", referenceAt(host));
  },
  "registry check": (host) => checkRegistry(openSource(`http://${host}/`)),
  "lock, by apt": (host) =>
    withApt(
      {
        suite: "trixie",
        sources: { debian: `http://${host}/debian`, "debian-security": `http://${host}/debian-security` },
      },
      async () => {},
    ),
  "build: Debian's packages": (host) => {
    const mirrors = {
      debian: [`http://${host}/debian`],
      "debian-security": [`http://${host}/debian-security`],
    };
    return prefetch([sampleLock()], {
      mirrors,
      snapshots: `http://${host}/snapshot`,
      cache: makeProject({}),
    });
  },
  "build: vendor software, by Nix over https": async (host) =>
    realise([await derivationOf(`https://${host}/app.deb`)]),
  "build: vendor software, by Nix over http": async (host) =>
    realise([await derivationOf(`http://${host}/app.deb`)]),
  "build: npm's packages": async (host) => {
    vi.stubEnv("npm_config_registry", `http://${host}/`).stubEnv("npm_config_fetch_retries", "0");
    await prefetchNpm(await derivationOf("https://npm.invalid/tiny/-/tiny-1.0.0.tgz"));
  },
  "doctor --fix, by apt": async (host) => {
    const folder = makeProject({ "sources.list": `deb [trusted=yes] http://${host}/debian trixie main\n` });
    const shell = await openShell({ environment: { LC_ALL: "C" } });
    const options = [
      "-o",
      `Dir::Etc::sourcelist=${folder}/sources.list`,
      "-o",
      "Dir::Etc::sourceparts=/dev/null",
      "-o",
      `Dir::State=${folder}`,
      "-o",
      `Dir::Cache=${folder}`,
    ];
    await shell`mkdir -p ${folder}/lists/partial ${folder}/archives/partial`;
    await shell`apt-get ${options} update`;
  },
};

beforeEach(() => {
  for (const kind of ["http", "https", "all", "no"])
    vi.stubEnv(`${kind}_proxy`, undefined).stubEnv(`${kind}_PROXY`.toUpperCase(), undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
});

it.each(Object.entries(ASKING))(
  "%s: asks the proxy of HTTP_PROXY, and directly what NO_PROXY names",
  async (_, ask) => {
    const proxy = await openProxy(await serve((_request, response) => response.writeHead(404).end()));
    vi.stubEnv("HTTP_PROXY", proxy.address);
    await ask("asked.test").catch(() => {});
    expect(proxy.asked.length).toBeGreaterThan(0);
    for (const address of proxy.asked) expect(address).toMatch(/^(CONNECT |http:\/\/)asked\.test\b/);
    const { length } = proxy.asked;
    const direct = await countConnections();
    vi.stubEnv("NO_PROXY", "example.org, 127.0.0.2");
    await ask(direct.host).catch(() => {});
    expect(direct.connections()).toBeGreaterThan(0);
    expect(proxy.asked).toHaveLength(length);
  },
);

/** A server on an address of this machine that is no special one to those who ask. */
async function countConnections() {
  let connections = 0;
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on("connection", () => (connections += 1));
  await once(server.listen(0, "127.0.0.2"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.2:${port}`, connections: () => connections };
}

function referenceAt(registry: string) {
  return { registry, repository: "team/x", tag: "1.0" };
}

async function tinyImage() {
  const folder = await makeLayout({ name: "kasmix/tiny", layers: [[{ name: "top", content: "x" }]] });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return readImage(folder);
}

/** A derivation that nothing in the store fulfils. */
async function derivationOf(url: string): Promise<string> {
  const text = `derivation {
    name = "test-${randomUUID()}"; builder = "builtin:fetchurl"; system = "builtin"; url = "${url}";
    outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; outputHashAlgo = null; outputHashMode = "flat";
    executable = false; unpack = false;
  }`;
  const { stdout } = await runProcess("nix-instantiate", ["--expr", text]);
  return stdout.trim();
}

/** cosign is not in Debian: skopeo asks in its place, which reads the same variables, by Go's library. */
async function sign(host: string): Promise<void> {
  const folder = makeProject({
    cosign: `#!/bin/sh\nfor word; do last=$word; done\nexec skopeo inspect "docker://$last"\n`,
  });
  chmodSync(join(folder, "cosign"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  await signImage(`${host}/team/x`);
}
