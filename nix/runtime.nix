# Kasmix's own part of every container: the entrypoint, kasmixctl and the browser client, each bundled by esbuild from
# src/ and the packages of package-lock.json. No node_modules goes into the image.
{ bootstrap, fetch, system }:

let
  packageLock = builtins.fromJSON (builtins.readFile ../package-lock.json);
  tarball = fetch.npmTarball packageLock;

  # Only what is bundled, so that a change of a test or of the CLI causes no rebuild.
  source =
    folder:
    builtins.path {
      name = "source-${folder}";
      path = ../src + "/${folder}";
    };

  # Apart from the bundles: a change of src/ unpacks nothing again.
  unpacked = bootstrap.run "runtime-packages" ./runtime-packages.sh {
    esbuild = tarball { x86_64-linux = "@esbuild/linux-x64"; aarch64-linux = "@esbuild/linux-arm64"; }.${system};
    packages = map (name: "${name}=${tarball name}") [
      "@eshaz/web-worker"
      "@fastify/busboy"
      "@novnc/novnc"
      "@wasm-audio-decoders/common"
      "ajv"
      "buffer-crc32"
      "citty"
      "fast-deep-equal"
      "fast-uri"
      "ipaddr.js"
      "js-base64"
      "json-schema-traverse"
      "opus-decoder"
      "querystringify"
      "requires-port"
      "simple-yenc"
      "tus-js-client"
      "unixcrypt"
      "url-parse"
      "ws"
      "yaml"
      "yazl"
    ];
  };
in
bootstrap.run "runtime" ./runtime.sh {
  inherit unpacked;
  files = source "files";
  model = source "model";
  runtime = source "runtime";
  terminal = source "terminal";
  wire = source "wire";
  client = source "client";
}
