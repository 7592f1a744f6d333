import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Lock, LockedPackage } from "../../src/debian/format.ts";
import { defineWorkspace } from "../../src/model/define.ts";
import type { Workspace } from "../../src/model/types.ts";
import { freePort } from "../helpers/free-port.ts";

/** A small lock that is right: one essential package, two others. */
export function sampleLock(): Lock {
  return {
    version: 1,
    suite: "trixie",
    architecture: "amd64",
    archives: { debian: "20261120T141110Z", "debian-security": "20261120T121242Z" },
    requested: ["jq"],
    packages: [
      { ...samplePackage("libc6", "2.41-12", "g/glibc"), essential: true },
      samplePackage("libjq1", "1.7.1-6", "j/jq"),
      samplePackage("jq", "1.7.1-6", "j/jq"),
    ],
    steps: [{ unpack: ["libjq1", "jq"] }, { configure: ["libjq1", "jq"] }],
  };
}

/** A package of a lock; the hash is that of its name. */
export function samplePackage(name: string, version: string, source: string): LockedPackage {
  const path = `pool/main/${source}/${name}_${version}_amd64.deb`;
  return {
    name,
    version,
    architecture: "amd64",
    archive: "debian",
    path,
    size: name.length,
    sha256: sha256(name),
  };
}

/** A workspace that has only packages. */
export function workspaceWith(packages: readonly string[]): Workspace {
  return defineWorkspace({
    name: "x",
    title: "X",
    description: "A workspace of a test.",
    base: { distribution: "debian" },
    packages,
  });
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Serves HTTP on a free port until the test is over; returns the address without a trailing slash. */
export function serve(listener: RequestListener): Promise<string> {
  return listen(createServer(listener));
}

/** Lets a server listen on a free port until the test is over; returns its address. */
export async function listen(server: Server): Promise<string> {
  const address = await open(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return address;
}

/** An address on this machine where nothing listens. */
export async function deadAddress(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

async function open(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
