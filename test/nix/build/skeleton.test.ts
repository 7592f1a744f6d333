import { join } from "node:path";
import { expect, test } from "vitest";
import { detectEngine } from "../../../src/engine/detect.ts";
import { readImage } from "../../../src/engine/image.ts";
import { loadImage } from "../../../src/engine/load.ts";
import { ROOT } from "./nix.ts";

/**
 * Tests have no shell and tools of nixpkgs, so Debian's run the script: /usr of the image is one package, and the script
 * makes another.
 */
const SCRIPT = `
  export PATH=$PATH:$(echo /usr/lib/*/glib-2.0) out=/tmp/out
  schemas=/tmp/package/share/gsettings-schemas/x-1/glib-2.0/schemas
  mkdir -p $schemas /tmp/package/bin /tmp/package/share/icons/hicolor
  echo '<schemalist><schema id="org.test" path="/org/test/"><key name="a" type="b"><default>true</default></key></schema></schemalist>' > $schemas/org.test.gschema.xml
  echo mine > /tmp/package/bin/bash
  echo cache > /tmp/package/share/icons/hicolor/icon-theme.cache
  echo fonts > /tmp/fonts.conf
  echo session > /tmp/session.conf
  export packages="/tmp/package /usr" paths="/usr/bin/node /opt/x/y"
  ln -s /nowhere /tmp/first
  for missing in /tmp/nowhere /tmp/first; do
    if (targets="/tmp/package $missing" . /skeleton.sh) 2> /tmp/said; then exit 1; fi
    cat /tmp/said
    rm -r $out
  done
  export targets="/tmp/package/bin/bash /tmp/package/share"
  export fontsConf=/tmp/fonts.conf sessionConf=/tmp/session.conf
  . /skeleton.sh 2> /dev/null
  cd $out
  readlink -m usr/bin/node opt/x/y usr/bin/bash usr/bin/xfwm4 usr/share/icons/hicolor/index.theme
  cat etc/fonts/fonts.conf etc/dbus-1/session.conf
  find . -name icon-theme.cache
  find usr etc -type d -perm 0755 | wc -l
  find usr etc -type d ! -perm 0755
  grep -q org.test usr/share/glib-2.0/schemas/gschemas.compiled && echo compiled
  ls usr/share/mime/mime.cache usr/share/applications/mimeinfo.cache
  ls usr/share/dbus-1/services | grep -c Thunar
`;

test("links of all packages become a system: the first of a name wins, and shared folders are merged", async () => {
  const engine = await detectEngine();
  const image = await readImage(join(ROOT, ".kasmix/result-desktop"));
  const loaded = await loadImage(engine, image);
  const script = join(ROOT, "nix/nixpkgs/skeleton.sh");
  const output = await engine.run([
    ...["run", "--rm", "--entrypoint", "bash", "--volume", `${script}:/skeleton.sh:ro`],
    ...[loaded.image, "-euc", SCRIPT],
  ]);
  expect(output.trim().split("\n")).toEqual([
    ...["/tmp/nowhere", "/tmp/first"].map(
      (path) => `/opt/x/y should link to ${path}, which its package does not have`,
    ),
    ...["/tmp/package/bin/bash", "/tmp/package/share", "/tmp/package/bin/bash", "/usr/bin/xfwm4"],
    "/usr/share/icons/hicolor/index.theme",
    ...["fonts", "session"],
    expect.stringMatching(/^[0-9]{3,}$/),
    "compiled",
    ...["usr/share/applications/mimeinfo.cache", "usr/share/mime/mime.cache"],
    expect.stringMatching(/^[1-9]/),
  ]);
});
