import { hashElement } from "folder-hash";
import { expect, it } from "vitest";
import { folderHash } from "../../src/registry/sha.ts";
import { makeProject } from "../helpers/project.ts";

it("matches a published test vector", () => {
  const files = {
    "workspace.json": Buffer.from('{"friendly_name":"Demo"}\n'),
    "demo.svg": Buffer.from("<svg/>\n"),
  };
  expect(folderHash("Demo", files)).toBe("0917a08c2d70f0a2bee3f8c32ae31b841a60ba94");
});

it("matches folder-hash, which Kasm's generator uses, for odd names", async () => {
  const contents = {
    "workspace.json": "{}\n",
    "Zebra.png": "z",
    "apple.svg": "a",
    "äpfel.svg": "ä",
    "_x.txt": "x",
    "10.png": "10",
    "9.png": "9",
  };
  const root = makeProject(
    Object.fromEntries(Object.entries(contents).map(([name, text]) => [`Ä b/${name}`, text])),
  );
  const { hash } = await hashElement(`${root}/Ä b`, { algo: "sha1", encoding: "hex" });
  const files = Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, Buffer.from(text)]));
  expect(folderHash("Ä b", files)).toBe(hash);
});
