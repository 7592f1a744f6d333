import { expect, test } from "vitest";
import { type Apt, withApt } from "../../../src/debian/apt.ts";
import { findMirrors, preferredMirrors } from "../../../src/debian/mirrors.ts";
import { refuseUnknownPackages } from "../../../src/debian/packages.ts";
import { resolveOnto, resolveSystem } from "../../../src/debian/resolve.ts";
import { deadAddress, serve, workspaceWith } from "../fixtures.ts";

/** With this machine's real apt and its mirrors. */

test("apt's order is kept, the essential set comes first, and every file is pinned", {
  timeout: 120_000,
}, async () => {
  const { packages, steps, archives } = await withTrixie((apt) =>
    resolveSystem(apt, ["jq", "busybox-static"]),
  );
  const names = packages.map(({ name }) => name);
  const essential = packages.filter((pkg) => pkg.essential).map(({ name }) => name);
  expect(names.slice(0, essential.length)).toEqual(essential);
  expect(essential).toEqual(expect.arrayContaining(["libc6", "bash", "dpkg", "apt", "coreutils"]));
  expect(names.slice(essential.length).toSorted()).toEqual(["busybox-static", "jq", "libjq1", "libonig5"]);
  expect(steps.flatMap((step) => ("unpack" in step ? step.unpack : []))).toEqual(
    names.slice(essential.length),
  );
  for (const pkg of packages) {
    expect(pkg.path).toMatch(/^pool\/(updates\/)?main\/.*\.deb$/);
    expect(pkg.path.startsWith("pool/updates/")).toBe(pkg.archive === "debian-security");
    expect(pkg.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(pkg.size).toBeGreaterThan(1000);
  }
  for (const time of Object.values(archives)) expect(time).toMatch(/^20\d{6}T\d{6}Z$/);
});

test("unknown packages are refused all at once, packages that exclude each other in apt's words", {
  timeout: 120_000,
}, async () => {
  const unknown = workspaceWith([
    "jq",
    "firefox-ers",
    "mc",
    "x-terminal-emulator",
    "zzzzqqqqxxxx",
    "unrar",
    "wine32",
  ]);
  await withTrixie(async (apt) => {
    await expect(refuseUnknownPackages(apt, unknown, "workspaces/x/workspace.ts")).rejects.toMatchObject({
      code: "E_MODEL",
      message: "5 packages of workspaces/x/workspace.ts cannot be installed.",
      faults: [
        {
          path: "packages[1]",
          message: "Debian has no package firefox-ers",
          fix: "Did you mean firefox-esr?",
        },
        { path: "packages[3]", fix: expect.stringContaining("konsole") },
        { path: "packages[4]", message: "Debian has no package zzzzqqqqxxxx" },
        { path: "packages[5]", message: expect.stringMatching(/^unrar is in Debian's non-free,/) },
        { path: "packages[6]", message: expect.stringMatching(/^wine32 is only for i386,/) },
      ],
    });
    await expect(resolveOnto(apt, [], ["postfix", "exim4-daemon-light"])).rejects.toMatchObject({
      code: "E_MODEL",
      message: expect.stringMatching(/exim4.*Conflicts/s),
    });
  });
});

test("a machine without the suite's keys: the error names the package that has them", {
  timeout: 120_000,
}, async () => {
  const sources = preferredMirrors(await findMirrors());
  const keyring = "/usr/share/keyrings/debian-archive-bullseye-stable.gpg";
  await expect(withApt({ suite: "trixie", sources, keyring }, async () => {})).rejects.toMatchObject({
    code: "E_MACHINE",
    fix: expect.stringContaining("apt-get install debian-archive-keyring"),
  });
});

test("a mirror that does not answer is named", { timeout: 120_000 }, async () => {
  const mirror = await deadAddress();
  const failure = withApt(
    { suite: "trixie", sources: { debian: mirror, "debian-security": mirror } },
    async () => {},
  );
  await expect(failure).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining(new URL(mirror).host),
  });
});

test("a mirror without the suite's files is refused", { timeout: 120_000 }, async () => {
  const mirror = await serve((_, response) => response.writeHead(404).end());
  const failure = withApt(
    { suite: "trixie", sources: { debian: mirror, "debian-security": mirror } },
    async () => {},
  );
  await expect(failure).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining("does not have a Release file"),
  });
});

async function withTrixie<T>(use: (apt: Apt) => Promise<T>): Promise<T> {
  return withApt({ suite: "trixie", sources: preferredMirrors(await findMirrors()) }, use);
}
