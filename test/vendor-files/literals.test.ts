import fc from "fast-check";
import { expect, it } from "vitest";
import { findLiterals, type Literal, replaceLiterals } from "../../src/vendor-files/literals.ts";

const HOLE = "`1.$\u007b0}`";
const PLACE = ["vendor", "signal", "version"];

/** The value found at the place, or the fault as one line. */
function find(source: string): string {
  const [found] = findLiterals(source, [PLACE], "workspace.ts");
  if (found === undefined) return "nothing";
  return "start" in found
    ? `${found.value} at ${source.slice(found.start, found.end)}`
    : `${found.path}: ${found.message}`;
}

it.each([
  ["plain", 'export default { vendor: { signal: { version: "1.0" } } };'],
  ["a call", "export default defineWorkspace({ vendor: { signal: { version: '1.0' } } });"],
  ["a template without holes", "export default { vendor: { signal: { version: `1.0` } } };"],
  ["names in quotes", 'export default { "vendor": { ["signal"]: { \'version\': "1.0" } } };'],
  ["types", 'export default ({ vendor: { signal: { version: "1.0" as const } } }) satisfies Workspace;'],
  ["a constant", 'const V = "1.0";\nexport default { vendor: { signal: { version: V } } };'],
  ["a constant of its name", 'const version = "1.0";\nexport default { vendor: { signal: { version } } };'],
  [
    "constants of constants",
    'const A = "1.0"; const B = A;\nexport default { vendor: { signal: { version: B } } };',
  ],
  ["a nested constant", 'const P = { signal: { version: "1.0" } };\nexport default { vendor: P };'],
  [
    "a field of a constant",
    'const P = { s: { v: "1.0" } };\nexport default { vendor: { signal: { version: P.s["v"] } } };',
  ],
  [
    "a choice by a constant",
    'const P = { b: { s: { version: "1.0" } } };\nconst WHICH = "b" satisfies keyof typeof P;\nexport default { vendor: { signal: P[WHICH].s } };',
  ],
  [
    "a spread choice",
    'const C = { a: {}, b: { signal: { version: "1.0" } } };\nconst W = "b";\nconst c = C[W];\nexport default { vendor: { other: {}, ...c } };',
  ],
  [
    "a spread constant",
    'const P = { version: "1.0" };\nexport default { vendor: { signal: { url: "x", ...P } } };',
  ],
  ["the later of two", 'export default { vendor: { signal: { version: "0.9", version: "1.0" } } };'],
  ["a constant as a whole", 'const w = { vendor: { signal: { version: "1.0" } } };\nexport default w;'],
])("finds a version behind %s", (_what, source) => expect(find(source)).toBe("1.0 at 1.0"));

it.each([
  [
    "a call",
    "\nexport default { vendor: { signal: { version: latest() } } };",
    "latest() is not a plain string literal",
  ],
  [
    "a sum",
    '\nexport default { vendor: { signal: { version: "1." + 0 } } };',
    '"1." + 0 is not a plain string literal',
  ],
  [
    "a hole",
    `\nexport default { vendor: { signal: { version: ${HOLE} } } };`,
    `${HOLE} is not a plain string literal`,
  ],
  [
    "another file",
    '\nimport V from "./v.ts"; export default { vendor: { signal: { version: V } } };',
    "V is not a plain string literal",
  ],
  [
    "a variable that may change",
    '\nlet V = "1.0"; export default { vendor: { signal: { version: V } } };',
    "V is not a plain string literal",
  ],
  [
    "a circle",
    "\nconst A = B; const B = A; export default { vendor: { signal: { version: A } } };",
    "refers to itself",
  ],
  [
    "an object from a call",
    "\nexport default { vendor: packages() };",
    "packages() is not an object literal in this file",
  ],
  [
    "a spread call",
    '\nexport default { vendor: { signal: { version: "1.0", ...more() } } };',
    "more() is not an object literal in this file",
  ],
  ["nothing", "\nexport default { vendor: { signal: { } } };", '"version" does not appear here'],
  ["no export", "\nconst a = 1;", "there is no readable `export default`"],
])("says where and what it is when there is only %s", (_what, source, message) => {
  const found = find(source);
  expect(found).toContain("vendor.signal.version (workspace.ts:");
  expect(found).toContain(message);
});

it("changes nothing but the literals, whatever surrounds them", () => {
  const noise = fc
    .array(
      fc.constantFrom(
        " ",
        "\n",
        "\r\n",
        "\t",
        '/* version: "0" */',
        '// sha256: "0"\n',
        "/* ü 漢 🙂 \u2028 */",
      ),
    )
    .map((parts) => parts.join(""));
  const quote = fc.constantFrom('"', "'", "`");
  const value = fc.stringMatching(/^[A-Za-z0-9.+:~_-]{1,20}$/);
  fc.assert(
    fc.property(
      fc.tuple(noise, noise, noise, noise, fc.constantFrom("", "\uFEFF")),
      fc.tuple(quote, quote),
      fc.tuple(value, value, value, value),
      ([a, b, c, d, mark], [q, r], [version, sha256, newVersion, newSha256]) => {
        const write = (first: string, second: string) =>
          `${mark}// @ts-nocheck\n${a}const text = 'version: "1"';${b}\nexport default {${c} vendor: { signal: { version:${d}${q}${first}${q}, x: "${version}",${a}sha256: ${r}${second}${r}${b} } } };${c}`;
        const source = write(version, sha256);
        const found = findLiterals(
          source,
          [PLACE, ["vendor", "signal", "sha256"]],
          "workspace.ts",
        ) as Literal[];
        expect(found.map((literal) => literal.value)).toEqual([version, sha256]);
        const changes = found.map((literal, index) => ({
          literal,
          value: index === 0 ? newVersion : newSha256,
        }));
        expect(replaceLiterals(source, changes)).toBe(write(newVersion, newSha256));
      },
    ),
    { numRuns: 100 },
  );
});
