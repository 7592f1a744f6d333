import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evaluate, noNix } from "./evaluate.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The known names of nixpkgs, each with its source. */
const KNOWN: {
  readonly packages: Readonly<
    Record<string, { readonly source: string; readonly files?: readonly string[] }>
  >;
} = JSON.parse(readFileSync(join(import.meta.dirname, "nixpkgs/names.json"), "utf8"));

/** Stand-ins for the flake's inputs. */
const INPUTS = `{
  nixpkgs = { outPath = ${ROOT}/test/nix/nixpkgs; lastModifiedDate = "20260911081835"; };
  kasmvnc = (import ${ROOT}/test/nix/kasmvnc/flake.nix).outputs { };
  novnc = "/nix/store/novnc";
}`;

/** The images as flake.nix has them, but of the stand-ins. */
const IMAGES = `import ${ROOT}/nix { inputs = ${INPUTS}; }`;

/** The workspaces that have an image of nixpkgs' packages. */
const NIXPKGS = ["chromium", "desktop", "signal", "void"];

/** The part of an image that the golden files hold. */
interface Described {
  readonly layers: readonly { readonly name: string }[];
  /** Files of the workspace and of Kasmix, as they are laid out. */
  readonly instructions: readonly string[];
}

/**
 * A derivation's arguments, with dependencies as their names; of an image, those of its layers too. The workspace's own
 * files and settings are left out, since other tests check them.
 */
const DESCRIBE = `
  show = value:
    if builtins.isAttrs value && value ? drvAttrs then value.name
    else if builtins.isList value then map show value
    else value;
  arguments = derivation:
    builtins.mapAttrs (_: show) (removeAttrs derivation.drvAttrs [ "PATH" "args" "builder" "busybox" "buildCommand" ]);
  describe = image:
    let
      last = layers: builtins.elemAt layers (builtins.length layers - 1);
      own = last image.drvAttrs.layers;
      config = builtins.fromJSON image.drvAttrs.config;
      isOfBase = entry: builtins.match "(GDK_PIXBUF|LOCALE_|NIX_|SSL_|TZDIR|XCURSOR_).*" entry != null;
    in
    removeAttrs (arguments image) [ "config" ]
    // {
      layers = map (layer: removeAttrs (arguments layer) (if layer.name == own.name then [ "instructions" ] else [ ]))
        image.drvAttrs.layers;
      instructions = builtins.filter (line: builtins.match "link.*" line != null)
        (builtins.filter builtins.isString (builtins.split "\n" own.drvAttrs.instructions));
      env = builtins.filter isOfBase config.Env;
      labels = builtins.attrNames config.Labels;
    };
`;

describe.skipIf(noNix)(`on stand-ins for nixpkgs and KasmVNC${noNix ? ` (${noNix})` : ""}`, () => {
  test("every image is one derivation with the layers it should have, from the lowest up", () => {
    const layers = outcome(
      `builtins.mapAttrs (_: image: map (layer: layer.name) image.drvAttrs.layers) (removeAttrs images [ "parts" ])`,
    );
    const debian = (name: string, ...vendor: string[]) => ["core-layer", `${name}-layer`, ...vendor];
    const own = (name: string) => [
      "session-closure",
      `${name}-nixpkgs-closure`,
      `${name}-nixpkgs-system-files`,
      `${name}-nixpkgs-files`,
    ];
    const ofDebian = (name: string, ...vendor: string[]) => ({
      [name]: [...debian(name, ...vendor), "python-pixelflux-files", `${name}-files`],
      [`${name}-kasmvnc`]: [...debian(name, ...vendor), "kasmvnc-closure", `${name}-kasmvnc-files`],
      [`${name}-kasmvnc-release`]: [
        ...debian(name, ...vendor),
        "kasmvnc-vendor-layer",
        `${name}-kasmvnc-release-files`,
      ],
    });
    const both = (name: string, ...vendor: string[]) => ({
      ...ofDebian(name, ...vendor),
      [`${name}-nixpkgs`]: own(name),
    });
    const others = readdirSync(`${ROOT}/workspaces`).filter((name) => !NIXPKGS.includes(name));
    expect(layers).toEqual({
      ...both("chromium"),
      ...both("desktop", "desktop-translations-files"),
      ...both("signal", "signal-vendor-layer"),
      ...both("void", "discord-vendor-layer"),
      ...Object.assign({}, ...others.map((name) => ofDebian(name))),
    });
  });

  test("the derivations of desktop-nixpkgs have the golden arguments", async () => {
    const value = outcome(`{
      image = describe images.desktop-nixpkgs;
      skeleton = arguments (skeletonOf (import ${ROOT}/nix/workspaces/desktop.nix));
    }`);
    await expect(renderGolden(value)).toMatchFileSnapshot("nixpkgs/desktop-nixpkgs.golden");
  });

  test("the derivations that desktop-kasmvnc adds to the image of Debian have the golden arguments", async () => {
    const value = outcome(`{ image = describe images.desktop-kasmvnc; debian = describe images.desktop; }`);
    const { image, debian } = value as Record<"image" | "debian", Described>;
    const known = new Set(debian.instructions);
    const golden = {
      ...image,
      // Debian's, which changes with every new lock.
      timestamp: undefined,
      // Only what the image of Debian does not have.
      layers: image.layers.filter(({ name }) => !debian.layers.some((layer) => layer.name === name)),
      instructions: image.instructions.filter((line) => !known.has(line)),
    };
    await expect(renderGolden(golden)).toMatchFileSnapshot("nixpkgs/desktop-kasmvnc.golden");
  });

  test("every file of a package that is linked to is known to be in that package", () => {
    const links = outcome(`builtins.concatMap (programs: builtins.attrValues programs) (
      map (name: (import (${ROOT}/nix/workspaces + "/\${name}.nix")).nixpkgs.programs or { })
        [ ${NIXPKGS.map((name) => `"${name}"`).join(" ")} ]
      ++ [ (import ${ROOT}/nix/nixpkgs/session.nix { system = "x86_64-linux"; }).programs ]
    )`);
    expect(links).toContain("firefox/bin/firefox");
    const unknown = (links as string[]).filter((link) => {
      const [name = "", ...file] = link.split("/");
      return !KNOWN.packages[name.replace(/\.bin$/, "")]?.files?.includes(file.join("/"));
    });
    expect(unknown).toEqual([]);
  });

  test("a file of a workspace takes the place of the one that every image has", () => {
    const path = "/dockerstartup/custom_startup.sh";
    const lines = outcome(`
      let
        instructions = files: (builtins.head (builtins.filter (layer: layer.name == "mine-files")
          (mine { inherit files; }).drvAttrs.layers)).drvAttrs.instructions;
        about = text: builtins.filter (line: builtins.isString line && builtins.match ".*\t${path}\t.*" line != null)
          (builtins.split "\n" text);
      in map (files: about (instructions files)) [ [ ] [ { path = "${path}"; link = "own"; } ] ]`);
    expect(lines).toEqual([
      [expect.stringMatching(/^file\t\S+\t0755\troot\t/)],
      [expect.stringMatching(/^link\t\S+\t0777\troot\town$/)],
    ]);
  });

  test("an unfree package is allowed only for the workspace that names it", () => {
    expect(() => outcome(`(onNixpkgs { packages = [ "discord" ]; }).drvPath`)).toThrow(/discord is not free/);
    expect(outcome(`(onNixpkgs { packages = [ "discord" ]; unfree = [ "discord" ]; }).name`)).toBe(
      "mine-image",
    );
  });

  test("a package that would run in an FHS environment is taken without it", () => {
    const given = `import ${ROOT}/nix/workspaces/void.nix`;
    const packages = `(skeletonOf (${given})).drvAttrs.packages`;
    expect(
      outcome(
        `builtins.filter (each: each != null) (map (each: each.drvAttrs.useFHSEnv or null) ${packages})`,
      ),
    ).toEqual([false]);
  });

  test("a package that nixpkgs does not have gives an error with the workspace that names it", () => {
    expect(() => outcome(`(onNixpkgs { packages = [ "xfce.thunar" ]; }).drvPath`)).toThrow(
      /The workspace mine names xfce\.thunar, which nixpkgs does not have/,
    );
  });

  test("the stand-in refuses names that are not in its list", () => {
    const config = "{ allowUnfreePredicate = _: true; }";
    const pkgs = `(import ${ROOT}/test/nix/nixpkgs { system = "x86_64-linux"; config = ${config}; })`;
    const hint = /not in test\/nix\/nixpkgs\/names\.json: look it up in nixpkgs/;
    expect(() => outcome(`(${pkgs}.discord.override { all = true; }).name`)).toThrow(hint);
    expect(() => outcome(`(${pkgs}.mkShell { inputs = [ ]; }).name`)).toThrow(hint);
    expect(() => outcome(`${pkgs}.no-such-package.name`)).toThrow(/no-such-package.*missing/);
  });

  test("a program of the workspace wins over one of the session at the same path", () => {
    const paths = outcome(`
      let skeleton = (images.parts.bases.nixpkgs {
        name = "mine";
        packages = [ ];
        programs = { "/usr/bin/node" = "xterm/bin/xterm"; "/opt/x" = "xterm/x"; };
      }).skeleton;
      in { inherit (skeleton.drvAttrs) paths; first = builtins.head skeleton.drvAttrs.targets; }`);
    const { paths: all, first } = paths as { paths: string[]; first: string };
    expect(all.filter((path) => path === "/usr/bin/node")).toHaveLength(1);
    expect(all.slice(0, 2)).toEqual(["/opt/x", "/usr/bin/node"]);
    expect(first).toMatch(/-xterm-stand-in\/x$/);
  });

  test("mkWorkspace gives other flakes an image with more in it", () => {
    const make = `(import ${ROOT}/nix/outputs/make-workspace.nix { inputs = ${INPUTS}; })`;
    expect(outcome(`(${make} { name = "mine"; packages = [ "zenity" ]; }).name`)).toBe("mine-image");
    // Evaluated as a whole, and by the name that it is loaded by.
    expect(outcome(`(${make} { name = "mine"; displayServer = "kasmvnc"; }).outPath`)).toMatch(
      /-mine-image$/,
    );
    expect(
      outcome(`(${make} { name = "mine"; packages = [ "zenity" ]; displayServer = "kasmvnc"; }).load.name`),
    ).toBe("load");
    expect(() =>
      outcome(`(${make} { name = "mine"; base = "debian"; packages = [ "zenity" ]; }).name`),
    ).toThrow(/set base = "nixpkgs"/);
    expect(() => outcome(`(${make} { name = "mine"; workspace = "desk"; }).drvPath`)).toThrow(
      /there is no workspace desk; Kasmix has .*chromium desktop/,
    );
    // It was "value is null while a list was expected", and a name that no engine takes.
    expect(() => outcome(`(${make} { name = "mine"; programs."/usr/bin/a" = "zenity"; }).outPath`)).toThrow(
      /has zenity for \/usr\/bin\/a; write the package and the file in it/,
    );
    expect(() => outcome(`(${make} { name = "My desk"; }).name`)).toThrow(
      /My desk is not a valid image name/,
    );
  });
});

/** The value of an expression that may use `images`, all images, and the functions above. */
function outcome(expression: string): unknown {
  return evaluate(`let
    images = ${IMAGES};
    ${DESCRIBE}
    skeletonOf = given: (images.parts.bases.nixpkgs ({ name = "desktop-nixpkgs"; } // given.nixpkgs)).skeleton;
    mine = changes: images.parts.workspace ({
      name = "mine";
      title = "Mine";
      description = "";
      tree = ./.;
      files = [ ];
      nixpkgs.packages = [ ];
    } // changes);
    onNixpkgs = nixpkgs: mine { inherit nixpkgs; };
  in ${expression}`);
}

/** Without the store's folder and without hashes, which change with every input. */
function renderGolden(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replaceAll(/\/[\w./-]*?\/[a-z0-9]{32}-/g, "/nix/store/");
  return `${text}\n`;
}
