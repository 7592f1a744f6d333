import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadWorkspace } from "../../src/model/load.ts";
import { type UpdateOptions, updateVendor } from "../../src/vendor-files/update.ts";
import { makeProject } from "../helpers/project.ts";
import { type Page, playVendor, redirectTo, sha256 } from "./vendor-web.ts";

const OLD = sha256("old");
const SIGNAL = "signal 2.0, as the vendor has it";
const DISCORD = Buffer.alloc(3_000_000, "discord 1.5");

/** A workspace with a package of each kind, written as people write: comments, both quotes, constants. */
const SOURCE = `// A comment with version: "1.0" in it.
const DISCORD = {
  version: '1.0', // pinned by hand
  sha256: "${OLD}",
} as const;

export default {
  name: "chat", title: "Chat", description: "A workspace of a test.",
  base: { distribution: "debian" },   packages: ["hello"],
  vendor: {
    signal: {
      version:   "1.0",
      url: "https://apt.test/signal_{version}_amd64.deb",
      sha256:
        \`${OLD}\`,
      format: "deb", programs: ["/opt/Signal/signal"],
      newest: { debianPackages: "https://apt.test/Packages", package: "signal" },
    },
    discord: {
      ...DISCORD,
      url: "https://dl.test/linux/{version}/discord.tar.gz",
      format: "tar.gz", programs: ["/opt/discord/Discord"],
      newest: { redirect: "https://discord.test/newest", version: "/linux/([0-9.]+)/" },
    },
    own: {
      version: "1.0", url: "https://own.test/own.zip", sha256: "${OLD}",
      format: "zip", programs: ["/opt/own/own"],
    },
  },
};
`;

const PAGES = {
  "https://apt.test/Packages": `Package: signal\nVersion: 2.0\nFilename: ./signal_2.0_amd64.deb\nSHA256: ${sha256(SIGNAL)}\n`,
  "https://discord.test/newest": redirectTo("https://dl.test/linux/1.5/discord.tar.gz"),
  "https://dl.test/linux/1.5/discord.tar.gz": DISCORD,
};

const WRITTEN = SOURCE.replace('version:   "1.0"', 'version:   "2.0"')
  .replace(`\`${OLD}\``, `\`${sha256(SIGNAL)}\``)
  .replace("version: '1.0'", "version: '1.5'")
  .replace(`sha256: "${OLD}",\n} as`, `sha256: "${sha256(DISCORD)}",\n} as`);

/** Updates a workspace of this text against a vendor with these pages. */
async function update(
  source: string,
  pages: Readonly<Record<string, Page>> = PAGES,
  options: Partial<UpdateOptions> = {},
) {
  const root = makeProject({ "workspaces/chat/workspace.ts": source });
  const file = join(root, "workspaces/chat/workspace.ts");
  const { web, asked } = await playVendor(pages);
  const workspace = await loadWorkspace(root, "chat");
  const run = () => updateVendor(root, workspace, { web, ...options });
  return { run, file, asked, text: () => readFileSync(file, "utf8") };
}

it("writes the newest versions and their hashes, and nothing else", async () => {
  const { run, text } = await update(SOURCE);
  expect(await run()).toEqual({
    updates: [
      { name: "signal", state: "updated", from: "1.0", to: "2.0", sha256: sha256(SIGNAL) },
      { name: "discord", state: "updated", from: "1.0", to: "1.5", sha256: sha256(DISCORD) },
      { name: "own", state: "untold", from: "1.0", to: "1.0" },
    ],
    fetchFaults: [],
    pinFaults: [],
  });
  expect(text()).toBe(WRITTEN);
});

it("keeps a mark at the start, carriage returns, the file's mode, and a link to it", async () => {
  const odd = (text: string) => `\uFEFF${text.replaceAll("\n", "\r\n")}`;
  const { run, file, text } = await update(odd(SOURCE));
  chmodSync(file, 0o640);
  const elsewhere = join(file, "../real.ts");
  renameSync(file, elsewhere);
  symlinkSync("real.ts", file);
  await run();
  expect(text()).toBe(odd(WRITTEN));
  expect(statSync(elsewhere).mode & 0o777).toBe(0o640);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readdirSync(join(file, "..")).toSorted()).toEqual(["real.ts", "workspace.ts"]);
});

it("writes nothing and fetches no file when it only checks", async () => {
  const { run, asked, text } = await update(SOURCE, PAGES, { check: true });
  expect((await run()).updates.map(({ name, state, to }) => `${name} ${state} ${to}`)).toEqual([
    "signal outdated 2.0",
    "discord outdated 1.5",
    "own untold 1.0",
  ]);
  expect(asked).toEqual(["https://apt.test/Packages", "https://discord.test/newest"]);
  expect(text()).toBe(SOURCE);
});

it("updates what it can when a vendor fails, and reports all failures", async () => {
  const { run, text } = await update(SOURCE, { ...PAGES, "https://apt.test/Packages": "" });
  const { updates, fetchFaults } = await run();
  expect(updates.map(({ name, state }) => `${name} ${state}`)).toEqual(["discord updated", "own untold"]);
  expect(fetchFaults).toEqual([
    {
      path: "vendor.signal (workspaces/chat/workspace.ts)",
      message: "https://apt.test/Packages has no package signal",
      fix: "Correct the name or the address.",
    },
  ]);
  expect(text()).toContain("'1.5'");
  const none = await update(SOURCE, {});
  expect((await none.run()).fetchFaults.map(({ message }) => message)).toEqual([
    "apt.test does not send /Packages: it answered 404",
    "discord.test does not send /newest: it answered 404",
  ]);
  expect(none.text()).toBe(SOURCE);
});

it("does not pin a file that is not where the address says", async () => {
  const { run, text } = await update(
    SOURCE,
    { ...PAGES, "https://dl.test/linux/1.5/discord.tar.gz": () => {} },
    {
      only: "discord",
      signal: AbortSignal.timeout(500),
    },
  );
  await expect(run()).rejects.toThrow(/timeout|aborted/i);
  expect(text()).toBe(SOURCE);
  const { "https://dl.test/linux/1.5/discord.tar.gz": _gone, ...rest } = PAGES;
  const gone = await update(SOURCE, rest, { only: "discord" });
  expect((await gone.run()).fetchFaults[0]?.message).toBe(
    "dl.test does not send /linux/1.5/discord.tar.gz: it answered 404",
  );
  expect(gone.text()).toBe(SOURCE);
});

it("asks for one package only", async () => {
  const { run, asked, text } = await update(SOURCE, PAGES, { only: "signal" });
  expect((await run()).updates).toHaveLength(1);
  expect(asked).toEqual(["https://apt.test/Packages"]);
  expect(text()).toContain("version: '1.0'");
});

it.each([
  ["discrod", { code: "E_USAGE", fix: "Did you mean discord?" }],
  ["telegram", { code: "E_USAGE", fix: "It has: signal, discord, own." }],
  ["own", { code: "E_MODEL", message: "chat names no source for new versions of own." }],
])("refuses the package %s", async (only, error) => {
  await expect((await update(SOURCE, PAGES, { only })).run()).rejects.toMatchObject(error);
});

it("leaves the newest version alone, and a newer one than the vendor's", async () => {
  const current = WRITTEN;
  const { run, asked, text } = await update(current);
  expect((await run()).updates.map(({ state }) => state)).toEqual(["unchanged", "unchanged", "untold"]);
  expect(asked).not.toContain("https://dl.test/linux/1.5/discord.tar.gz");
  expect(text()).toBe(current);
  const ahead = await update(current.replace('"2.0"', '"2.1"'), PAGES, { only: "signal" });
  expect((await ahead.run()).updates).toMatchObject([{ state: "ahead", from: "2.1", to: "2.0" }]);
});

it("takes another file of the same version, which a vendor should not but may put there", async () => {
  const { run, text } = await update(WRITTEN.replace(sha256(SIGNAL), OLD), PAGES, { only: "signal" });
  expect((await run()).updates).toMatchObject([{ state: "updated", from: "2.0", to: "2.0" }]);
  expect(text()).toBe(WRITTEN);
});

it("says where a version is not a literal before downloading, and updates the others", async () => {
  const computed = SOURCE.replace("version: '1.0'", "version: ['1', '0'].join('.')");
  const { run, asked, text } = await update(computed);
  const { updates, pinFaults } = await run();
  expect(pinFaults).toEqual([
    {
      path: "vendor.discord.version (workspaces/chat/workspace.ts:3)",
      message: "['1', '0'].join('.') is not a plain string literal",
      fix: "Write it as a string in quotes, or change it by hand.",
    },
  ]);
  expect(updates.map(({ name }) => name)).toEqual(["signal", "own"]);
  expect(asked).toEqual(["https://apt.test/Packages"]);
  expect(text()).toContain('version:   "2.0"');
});

it("does not change a version that another package has from the same constant", async () => {
  const shared = `const V = "1.0";\n${SOURCE.replace('version:   "1.0"', "version: V").replace("version: '1.0'", "version: V")}`;
  const { run, text } = await update(shared);
  expect((await run()).pinFaults.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    "vendor.signal.version (workspaces/chat/workspace.ts): is the same literal as that of discord, whose value differs",
    "vendor.discord.version (workspaces/chat/workspace.ts): is the same literal as that of signal, whose value differs",
  ]);
  expect(text()).toBe(shared);
});

it("notices that somebody has changed the file meanwhile", async () => {
  const { run, file, text } = await update(SOURCE, PAGES, {
    only: "discord",
    onFetched: () => writeFileSync(file, SOURCE.replace("'1.0'", "'1.1'")),
  });
  expect((await run()).pinFaults).toMatchObject([
    { message: "the literal does not have the workspace's value" },
  ]);
  expect(text()).toContain("'1.1'");
});

it("reports the progress of a download", async () => {
  const seen: number[] = [];
  const { run } = await update(SOURCE, PAGES, {
    only: "discord",
    onProgress: (_name, done, total) => seen.push(done / (total ?? 0)),
  });
  await run();
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(1);
});
