import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { distribution } from "../../src/engine/distribution.ts";
import { parseWheelName } from "../../src/wheels/file-name.ts";
import { withWheel } from "../../src/wheels/pip.ts";
import { makeProject } from "../helpers/project.ts";
import { wheelName } from "./wheel-file.ts";

const FILE = wheelName("1.0.0", "aarch64");
const LIKE = parseWheelName(FILE) as NonNullable<ReturnType<typeof parseWheelName>>;

const canInstall = process.getuid?.() === 0 && (await distribution()).debianLike;
const reason = canInstall ? "" : " (not run: needs root on Debian or Ubuntu)";

/** A machine with these programs and no others. */
function machineWith(programs: Readonly<Record<string, string>>): string {
  const folder = makeProject(programs);
  for (const name of Object.keys(programs)) chmodSync(join(folder, name), 0o755);
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

/** pip's command line as it is, and a wheel in the folder that follows `--dest`. */
const PIP = `#!/bin/sh
echo "$@" > "\${0%/*}/words"
while [ "$1" != --dest ]; do shift; done
echo wheel > "$2/${FILE}"
`;

it("asks pip for that wheel alone, as a binary, for its own Python and architecture, and leaves nothing behind", async () => {
  const folder = machineWith({ pip3: PIP });
  const at = await withWheel("screen==1.0.0", LIKE, {}, async (file) => {
    expect(readFileSync(file, "utf8")).toBe("wheel\n");
    return file;
  });
  expect(() => readFileSync(at)).toThrow(/ENOENT/);
  const words = readFileSync(join(folder, "words"), "utf8");
  for (const word of ["--no-deps", "--only-binary :all:", "--python-version 3.13", "--abi cp313"]) {
    expect(words).toContain(word);
  }
  expect(words).toMatch(/--platform manylinux_2_28_aarch64 .*-- screen==1\.0\.0$/m);
});

it.skipIf(!canInstall)(`installs Debian's pip where there is none, and then uses it${reason}`, async () => {
  const folder = machineWith({
    "dpkg-query": "#!/bin/sh\necho 'installed apt'\n",
    "apt-get": `#!/bin/sh
echo "$@" >> "\${0%/*}/log"
for word; do [ "$word" != python3-pip ] || /bin/cp -p "\${0%/*}/later" "\${0%/*}/pip3"; done
`,
    later: PIP,
  });
  const steps: string[] = [];
  const options = { onStep: (text: string) => steps.push(text) };
  expect(await withWheel("screen", LIKE, options, async () => "used")).toBe("used");
  expect(steps).toEqual(["Reading the package lists (apt-get update)", "Installing python3-pip"]);
  expect(readFileSync(join(folder, "log"), "utf8")).toMatch(/install .*python3-pip$/m);
});

it("says what to install where it cannot", async () => {
  machineWith({
    "dpkg-query": "#!/bin/sh\n",
    "apt-get": "#!/bin/sh\necho 'E: Unable to locate package python3-pip' >&2; exit 100\n",
  });
  await expect(withWheel("screen", LIKE, {}, () => expect.unreachable())).rejects.toMatchObject({
    code: "E_MACHINE",
    fix: expect.stringContaining("python3-pip"),
  });
});
