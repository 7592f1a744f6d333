import { KasmixError } from "../model/error.ts";
import type { VendorPackage, VendorSource } from "../model/types.ts";
import { type Asking, followRedirects, type Newest } from "./ask.ts";
import { findInPackages } from "./debian-packages.ts";
import { findRelease } from "./github-release.ts";

/** A vendor package with a source of new versions. */
export type Followed = Pick<VendorPackage, "url"> & { readonly newest: VendorSource };

/**
 * Asks a vendor for the newest version; the answer is checked, since it is written into a workspace.ts or a file of pins. `name` is the
 * package's, for an address without a file name. Throws E_FETCH with what is wrong about the answer.
 */
export async function findNewest(name: string, vendor: Followed, asking: Asking): Promise<Newest> {
  const found = await ask(name, vendor, asking);
  if (!/^[A-Za-z0-9][A-Za-z0-9.+:~_-]{0,99}$/.test(found.version)) {
    throw unusable(`answers a text of ${found.version.length} characters, which is not a version`);
  }
  if (found.sha256 !== undefined && !/^[0-9a-f]{64}$/.test(found.sha256)) {
    throw unusable(`answers a text of ${found.sha256.length} characters, which is not a SHA-256`);
  }
  return found;
}

async function ask(name: string, vendor: Followed, asking: Asking): Promise<Newest> {
  const { newest, url } = vendor;
  if ("debianPackages" in newest) return findInPackages(newest, url, asking);
  if ("githubRelease" in newest) return findRelease(newest, { name, url }, asking);
  return findRedirect(newest, asking);
}

/** The first address on the way with a version in it. */
async function findRedirect(
  { redirect, version }: Extract<VendorSource, { readonly redirect: string }>,
  asking: Asking,
): Promise<Newest> {
  const pattern = new RegExp(version);
  const seen: string[] = [];
  for await (const address of followRedirects(redirect, asking)) {
    const found = pattern.exec(address)?.[1];
    if (found !== undefined) return { version: found };
    seen.push(withoutQuery(address));
  }
  const what = seen.length === 0 ? "does not redirect" : `redirects to ${seen.join(", then to ")}`;
  throw unusable(`${redirect} ${what}: nothing there matches ${version}`);
}

/** A query may hold a signature. */
function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/s, "");
}

function unusable(message: string): KasmixError {
  return new KasmixError("E_FETCH", message, {
    fix: "If the vendor has moved, correct `newest`; or set version and sha256 by hand.",
  });
}
