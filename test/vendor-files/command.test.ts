import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { callKasmix, kasmix as spawnKasmix } from "../cli/kasmix.ts";
import { makeProject } from "../helpers/project.ts";
import { openProxy } from "../net/proxy.ts";
import { type SecureServer, serveSecurely } from "../net/secure.ts";
import { givePip } from "../wheels/pip-index.ts";
import { wheelFile, wheelName, withoutPip } from "../wheels/wheel-file.ts";
import { sha256 } from "./vendor-web.ts";

const OLD = sha256("old");
const FILE = Buffer.alloc(2_000_000, "app 2.0");

let root: string;
let vendor: SecureServer;
let origin: string;
/** The newest version according to the vendor. */
let newest: string;

/** A project with one workspace, and its vendor: a real https server, known to the command line by its certificate. */
beforeEach(async () => {
  newest = "2.0";
  vendor = await openVendor();
  origin = `https://${vendor.host}`;
  root = makeProject({ "workspaces/chat/workspace.ts": workspace("1.0", OLD) });
});

test("update writes version and hash, says so, and finds nothing more the next time", async () => {
  expect(await kasmix("update", "chat", "--check")).toMatchObject({
    exitCode: 9,
    stdout: "",
    stderr: expect.stringContaining("vendor.app: 1.0 -> 2.0"),
  });
  expect(await text()).toBe(workspace("1.0", OLD));
  const written = await kasmix("update", "chat");
  expect(written).toMatchObject({ exitCode: 0, stdout: "app 1.0 -> 2.0" });
  expect(written.stderr).toContain("Build it: ./kasmix build chat");
  expect(await text()).toBe(workspace("2.0", sha256(FILE)));
  expect(await readFile(join(root, "nix/workspaces/chat.nix"), "utf8")).toContain(sha256(FILE));
  const again = await kasmix("update", "chat", "app", "--json", "--check");
  expect(again.exitCode).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual([{ name: "app", state: "unchanged", from: "2.0", to: "2.0" }]);
});

test("update asks through the proxy of the environment", async () => {
  const proxy = await openProxy(vendor.origin);
  origin = "https://vendor.test";
  await writeFile(join(root, "workspaces/chat/workspace.ts"), workspace("1.0", OLD));
  const outcome = await kasmix("update", "chat", { HTTPS_PROXY: proxy.address });
  expect(outcome).toMatchObject({ exitCode: 0, stdout: "app 1.0 -> 2.0" });
  expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT vendor.test:443"]));
});

test("update reports what is wrong, with the exit code for it", async () => {
  newest = "3.0";
  const gone = await kasmix("update", "chat", "--json");
  expect(gone.exitCode).toBe(4);
  expect(JSON.parse(gone.stdout).error).toMatchObject({
    code: "E_FETCH",
    message: "One thing of chat cannot be updated.",
    faults: [
      { path: "vendor.app (workspaces/chat/workspace.ts)", message: expect.stringContaining("answered 404") },
    ],
  });
  await writeFile(
    join(root, "workspaces/chat/workspace.ts"),
    workspace("1.0", OLD).replace('"1.0"', '["1.0"].join()'),
  );
  expect(await callKasmix(["update", "chat"], { root })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("is not a plain string literal"),
  });
  expect(await callKasmix(["update", "chat", "ap"], { root })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("Did you mean app?"),
  });
});

test.skipIf(withoutPip)(
  `update without a workspace pins the newest of what all images share${withoutPip}`,
  async () => {
    const index = givePip(wheelName("2.0.0", "x86_64"), wheelName("2.0.0", "aarch64"));
    const pin = (machine: "x86_64" | "aarch64") => {
      return { url: `https://wheels.test/${wheelName("{version}", machine)}`, sha256: OLD };
    };
    const screen = {
      version: "1.0.0",
      newest: { pip: "screen" },
      amd64: pin("x86_64"),
      arm64: pin("aarch64"),
    };
    await mkdir(join(root, "nix/locks"), { recursive: true });
    await mkdir(join(root, "nix/vendor-files"), { recursive: true });
    await writeFile(join(root, "nix/locks/wheels.json"), JSON.stringify({ screen }));
    await writeFile(join(root, "nix/vendor-files/kasmvnc.json"), "{}");
    const pip = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: index };
    expect(await kasmix("update", "--check", pip)).toMatchObject({
      exitCode: 9,
      stderr: expect.stringMatching(/screen: 1\.0\.0 -> 2\.0\.0[\s\S]*Take the newest: \.\/kasmix update$/m),
    });
    const written = await kasmix("update", pip);
    expect(written).toMatchObject({ exitCode: 0, stdout: "screen 1.0.0 -> 2.0.0" });
    expect(written.stderr).toContain("Build the images again");
    expect(written.stderr).toContain("`bundled` in nix/locks/wheels.json");
    const pins = JSON.parse(await readFile(join(root, "nix/locks/wheels.json"), "utf8"));
    expect(pins.screen).toMatchObject({ version: "2.0.0", amd64: { url: pin("x86_64").url } });
    expect(pins.screen.arm64.sha256).toBe(sha256(wheelFile(wheelName("2.0.0", "aarch64"))));
  },
);

test("update does not trust a vendor whose certificate is unknown", async () => {
  const { exitCode, stderr } = await callKasmix(["update", "chat"], { root });
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/does not send \/newest: .*certificate/);
});

function workspace(version: string, hash: string): string {
  return `export default {
  name: "chat", title: "Chat", description: "A test's.", base: { distribution: "debian" }, packages: ["hello"],
  vendor: {
    app: {
      version: "${version}", // the newest
      url: "${origin}/linux/{version}/app.tar.gz", sha256: "${hash}", format: "tar.gz", programs: ["/opt/app/app"],
      newest: { redirect: "${origin}/newest", version: "/linux/([0-9.]+)/" },
    },
  },
};
`;
}

async function openVendor(): Promise<SecureServer> {
  return serveSecurely(
    (request, response) => {
      if (request.url === "/newest") {
        response.writeHead(302, { location: `/linux/${newest}/app.tar.gz` }).end();
      } else if (request.url === "/linux/2.0/app.tar.gz") {
        response.writeHead(200, { "content-length": FILE.length }).end(FILE);
      } else response.writeHead(404, { "content-length": 0 }).end();
    },
    ["localhost", "vendor.test"],
  );
}

async function text(): Promise<string> {
  return readFile(join(root, "workspaces/chat/workspace.ts"), "utf8");
}

/** Runs the command line in a process of its own, which trusts the vendor. */
async function kasmix(...words: (string | NodeJS.ProcessEnv)[]) {
  const args = words.filter((word) => typeof word === "string");
  const [own = {}] = words.filter((word) => typeof word === "object");
  const env = {
    NODE_EXTRA_CA_CERTS: vendor.file,
    https_proxy: undefined,
    HTTPS_PROXY: undefined,
    ...own,
  };
  const script = join(import.meta.dirname, "../cli/in-root.ts");
  return spawnKasmix(["--import", "tsx", script, root, ...args], { file: process.execPath, env });
}
