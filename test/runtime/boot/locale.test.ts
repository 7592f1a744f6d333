import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { prepareLocales } from "../../../src/runtime/boot/locale.ts";
import { memoryLog } from "../memory-log.ts";

const folder = mkdtempSync(join(tmpdir(), "kasmix-locale-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCES = "/usr/share/i18n/locales";
const canCompile = existsSync(`${SOURCES}/de_DE`);

/** Places in which these locales have been compiled already, so that the tests need no second for each. */
function placesWith(...compiled: string[]) {
  const root = mkdtempSync(join(folder, "places-"));
  const sources = join(root, "sources");
  mkdirSync(sources);
  for (const name of compiled) {
    writeFileSync(join(sources, name), "");
    const directory = join(root, "compiled", name.replace(/^([^@]+)/, "$1.utf8"));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "LC_CTYPE"), name);
  }
  return { compiled: join(root, "compiled"), installed: join(root, "installed"), sources };
}

const PLACES = placesWith(
  "de_AT",
  "de_DE",
  "sv_FI",
  "sv_SE",
  "sr_RS",
  "sr_RS@latin",
  "en_GB",
  "en_US",
  "ber_DZ",
);

async function prepare(environment: NodeJS.ProcessEnv, places = PLACES) {
  const { log, records } = memoryLog();
  const { LOCPATH, ...chosen } = await prepareLocales(environment, places, log);
  expect(LOCPATH).toBe(places.compiled);
  return { chosen, records };
}

it("is C.UTF-8 when nothing is set, and for an empty variable", async () => {
  expect(await prepare({ LC_ALL: "" })).toEqual({ chosen: { LANG: "C.UTF-8" }, records: [] });
});

it("takes each variable by itself, whatever the spelling of the charset", async () => {
  const given = {
    LANG: "en_US.utf8",
    LC_TIME: "de_DE.UTF-8",
    LC_PAPER: "sr_RS.UTF-8@latin",
    LC_CTYPE: "C.utf8",
  };
  expect(await prepare(given)).toEqual({
    chosen: { ...given, LANG: "en_US.UTF-8", LC_CTYPE: "C.UTF-8" },
    records: [],
  });
});

// An unknown locale, and one with another charset, gave programs a charset of ASCII: typed umlauts vanished.
it.each([
  ["de_DE", "de_DE.UTF-8"],
  ["de_DE.ISO-8859-1", "de_DE.UTF-8"],
  ["de_DE@euro", "de_DE.UTF-8"],
  ["de_XX.UTF-8", "de_DE.UTF-8"],
  ["de", "de_DE.UTF-8"],
  ["DE_at.utf-8", "de_AT.UTF-8"],
  ["sv_NO.UTF-8", "sv_SE.UTF-8"],
  ["en_XX.UTF-8", "en_US.UTF-8"],
  ["ber_XX.UTF-8", "ber_DZ.UTF-8"],
  ["C", "C.UTF-8"],
  ["POSIX", "C.UTF-8"],
  ["xx_YY.UTF-8", "C.UTF-8"],
  ["../../etc", "C.UTF-8"],
  ["german", "C.UTF-8"],
])("takes the nearest UTF-8 locale for %s, and logs it: %s", async (value, locale) => {
  const { chosen, records } = await prepare({ LC_ALL: value });
  expect(chosen).toEqual({ LANG: "C.UTF-8", LC_ALL: locale });
  expect(records).toEqual([
    expect.objectContaining({ event: "locale.replaced", name: "LC_ALL", value, locale }),
  ]);
});

it("also makes the name that was set work, because docker exec has it", async () => {
  const places = placesWith("de_DE");
  await prepare({ LC_ALL: "de_XX.UTF-8", LC_TIME: "../../etc", LANG: "C" }, places);
  await prepare({ LC_ALL: "de_XX.UTF-8" }, places);
  expect(readFileSync(join(places.compiled, "de_XX.utf8/LC_CTYPE"), "utf8")).toBe("de_DE");
});

it("falls back to C.UTF-8 when a locale cannot be compiled, and logs why", async () => {
  const places = placesWith();
  writeFileSync(join(places.sources, "de_DE"), "");
  writeFileSync(places.compiled, "a file in the way");
  const { chosen, records } = await prepare({ LC_ALL: "de_DE.UTF-8" }, places);
  expect(chosen.LC_ALL).toBe("C.UTF-8");
  expect(records.map(({ event }) => event)).toEqual(["locale.failed", "locale.replaced"]);
});

it.runIf(canCompile)(`compiles a locale${canCompile ? "" : " (no sources of locales)"}`, async () => {
  const places = { compiled: join(folder, "real"), installed: join(folder, "none"), sources: SOURCES };
  const { chosen, records } = await prepare({ LC_ALL: "de_DE.UTF-8" }, places);
  expect(records).toEqual([]);
  const env = { ...chosen, LOCPATH: places.compiled, PATH: process.env.PATH, TZ: "UTC" };
  const date = ["-d", "@1000000000", "+%A %c"];
  expect(execFileSync("locale", ["charmap"], { env, encoding: "utf8" })).toBe("UTF-8\n");
  expect(execFileSync("date", date, { env, encoding: "utf8" })).toMatch(/^Sonntag .*Sep/);
});
