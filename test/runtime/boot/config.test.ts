import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readConfig } from "../../../src/runtime/boot/config.ts";
import { memoryLog } from "../memory-log.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-config-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(content: string) {
  const path = join(folder, "workspace.json");
  writeFileSync(path, content);
  const { log, events } = memoryLog();
  return {
    config: readConfig(path, log),
    complaints: events("config.unreadable").map(({ message }) => message),
  };
}

it("keeps valid entries, and names each invalid one", () => {
  const { config, complaints } = read(
    JSON.stringify({
      name: "mixed",
      display: { resolution: 5 },
      services: { good: { command: ["sleep", "1"] }, empty: {}, five: 5, none: null, text: { command: "x" } },
      apps: [{ name: "editor", command: ["edit"] }, { command: ["nameless"] }],
      environment: { GOOD: "1", BAD: 2 },
    }),
  );
  expect(config).toMatchObject({ name: "mixed", title: "Kasmix", display: { resolution: "1280x720" } });
  expect(config.services).toEqual({
    good: expect.objectContaining({ command: ["sleep", "1"], restart: "always", needs: [] }),
  });
  expect(config.apps).toMatchObject([{ name: "editor", autostart: false }]);
  expect(config.environment).toEqual({ GOOD: "1" });
  const places = complaints.map((message) => String(message).split(":")[0]);
  expect(places).toEqual([
    ...["display", "services.empty", "services.five", "services.none", "services.text"],
    ...["apps.1", "environment.BAD"],
  ]);
});

// The boot failed with "spec.needs.filter is not a function", and there was no desktop.
it("leaves out a service with invalid needs", () => {
  const command = ["sleep", "1"];
  const needs = [{ service: "display", condition: "started" }, { service: "sound" }];
  const services = {
    good: { command, needs },
    text: { command, needs: "display" },
    none: { command, needs: [null] },
  };
  const { config, complaints } = read(JSON.stringify({ services }));
  expect(Object.keys(config.services)).toEqual(["good"]);
  expect(config.services.good?.needs).toEqual([needs[0], { service: "sound", condition: "ready" }]);
  expect(complaints).toHaveLength(2);
});

it("keeps a desktop that is not XFCE, unless a part of it is missing", () => {
  const desktopEnvironment = {
    name: "LXQt",
    command: ["startlxqt"],
    backdrop: "pcmanfm-qt",
    panel: "lxqt-panel",
  };
  expect(read(JSON.stringify({ desktopEnvironment })).config).toMatchObject({ desktopEnvironment });
  const broken = { desktopEnvironment: { ...desktopEnvironment, command: [] } };
  const { config, complaints } = read(JSON.stringify(broken));
  expect(config).not.toHaveProperty("desktopEnvironment");
  expect(complaints).toEqual([expect.stringContaining("desktopEnvironment: command is not a list of words")]);
});

it("keeps the URL launcher, with its policy for the browser as the default", () => {
  expect(read('{"launcher":{"app":"browser"}}').config.launcher).toEqual({ app: "browser", egress: true });
  expect(read('{"launcher":{"app":"browser","egress":false}}').config.launcher?.egress).toBe(false);
  const { config, complaints } = read('{"launcher":{"app":7}}');
  expect(config).not.toHaveProperty("launcher");
  expect(complaints).toEqual([expect.stringContaining("launcher: expected a string, got 7")]);
});

it("keeps the display server and its settings; an invalid display becomes the default", () => {
  const screen = { resolution: "800x600", frameRate: 30 };
  const kasmvnc = { logging: { level: 100 } };
  const wanted = { ...screen, server: "kasmvnc", kasmvnc };
  expect(read(JSON.stringify({ display: wanted })).config.display).toEqual(wanted);
  expect(read(JSON.stringify({ display: { ...screen, server: "tigervnc" } })).config.display).toEqual(screen);
  const { config, complaints } = read(JSON.stringify({ display: { ...screen, kasmvnc: "fast" } }));
  expect(config.display).toEqual({ resolution: "1280x720", frameRate: 60 });
  expect(complaints).toEqual([expect.stringContaining('display: expected an object, got "fast"')]);
});

it.each(["", "no JSON", "null", "[]", "7"])("starts a bare desktop for %j", (content) => {
  const { config, complaints } = read(content);
  expect(config).toMatchObject({ name: "kasmix", services: {}, apps: [] });
  expect(complaints).toEqual([expect.stringContaining("a bare desktop is started instead")]);
});
