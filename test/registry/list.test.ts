import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashElement } from "folder-hash";
import { expect, it } from "vitest";
import { type Entry, type ListOptions, renderList, renderVersions } from "../../src/registry/list.ts";
import { makeProject } from "../helpers/project.ts";

const OPTIONS: ListOptions = {
  name: "Fixtures",
  icon: "https://registry.example/logo.svg",
  description: "Fixture workspaces",
  listUrl: "https://registry.example/",
  contactUrl: "https://registry.example/contact",
  modified: 1_770_312_121_643,
};

/** workspace.json files as people write them: odd order of keys, unknown keys, special characters. */
const FIXTURES = {
  "Chromium/workspace.json":
    '{\n  "friendly_name": "Chromium",\n  "extra": {"b": 1, "a": [2]},\n  "image_src": "chromium.png",\n  "compatibility": [{"version": "1.17.x", "image": "x/chromium:develop", "uncompressed_size_mb": 2170, "available_tags": ["develop", "1.17.0"]}]\n}\n',
  "Chromium/chromium.png": "png",
  "Ünicode Näme/workspace.json":
    '{"compatibility":[{"version":"1.18.x","image":"y","uncompressed_size_mb":0},{"version":"1.17.x","image":"y","uncompressed_size_mb":0,"available_tags":["1.17.0","nightly"]}],"friendly_name":"\\u00fc \\" < \\u2028","image_src":"u.svg"}',
  "Ünicode Näme/u.svg": "<svg/>",
};

it("is byte for byte the output of Kasm's generator, for the format 1.1", async () => {
  const root = makeProject(FIXTURES);
  const { list, versions } = await byTheRules(root);
  const entries = readEntries(root);
  expect(renderList(entries, "1.1", OPTIONS)).toBe(list);
  expect(renderVersions(entries)).toBe(versions);
});

it("has no channels in the format 1.0", () => {
  const list = JSON.parse(renderList(readEntries(makeProject(FIXTURES)), "1.0", OPTIONS));
  expect(Object.keys(list).at(-1)).toBe("workspaces");
});

it("offers first the settings' channel, else develop, else the first tag, else none", () => {
  const entry = (tags: string[]): Entry => ({
    folder: "w",
    json: Buffer.from(JSON.stringify({ compatibility: [{ version: "1.18.x", available_tags: tags }] })),
    files: {},
  });
  const channel = (tags: string[], defaultChannel?: string) =>
    JSON.parse(
      renderList([entry(tags)], "1.1", { ...OPTIONS, ...(defaultChannel ? { defaultChannel } : {}) }),
    );
  expect(channel(["0.1", "develop"])).toMatchObject({ default_channel: "develop" });
  expect(channel(["0.2", "0.1"])).toMatchObject({ channels: ["0.2", "0.1"], default_channel: "0.2" });
  expect(channel(["0.2", "0.1"], "0.1")).toMatchObject({ default_channel: "0.1" });
  expect(channel([])).toMatchObject({ channels: [], default_channel: null });
});

function readEntries(root: string): Entry[] {
  return folders(root).map((folder) => {
    const names = readdirSync(join(root, folder));
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(root, folder, name))]));
    const { "workspace.json": json = Buffer.alloc(0), ...rest } = files;
    return { folder, json, files: rest };
  });
}

function folders(root: string): string[] {
  return readdirSync(root).sort();
}

/** The documented steps of the generator, with the library that it uses for hashes. */
async function byTheRules(root: string) {
  const [channels, versions] = [new Set<string>(), new Set<string>()];
  const workspaces = [];
  for (const folder of folders(root)) {
    const { hash } = await hashElement(join(root, folder), { algo: "sha1", encoding: "hex" });
    const parsed = JSON.parse(readFileSync(join(root, folder, "workspace.json"), "utf8"));
    parsed.sha = hash;
    workspaces.push(parsed);
    for (const element of parsed.compatibility) {
      if ("available_tags" in element) for (const tag of element.available_tags) channels.add(tag);
      versions.add(element.version);
    }
  }
  const list = JSON.stringify({
    name: OPTIONS.name,
    workspacecount: workspaces.length,
    icon: OPTIONS.icon,
    description: OPTIONS.description,
    list_url: OPTIONS.listUrl,
    contact_url: OPTIONS.contactUrl,
    modified: OPTIONS.modified,
    workspaces,
    channels: [...channels],
    default_channel: channels.size === 0 ? null : "develop",
  });
  return { list, versions: JSON.stringify({ versions: [...versions] }) };
}
