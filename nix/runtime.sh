# Bundles the runtime and the client (see runtime.nix) into $out/opt/kasmix.
mkdir -p src node_modules esbuild "$out/opt/kasmix"
tar x -z -f "$esbuild" -C esbuild
for package in $packages; do
  folder=node_modules/${package%%=*}
  mkdir -p "$folder"
  tar x -z -f "${package#*=}" -C "$folder" --strip-components 1
done
cp -r "$files" src/files
cp -r "$model" src/model
cp -r "$runtime" src/runtime
cp -r "$terminal" src/terminal
cp -r "$wire" src/wire
cp -r "$client" src/client
cd src
bundle() { ../esbuild/package/bin/esbuild "$@" --bundle --format=esm --tsconfig-raw={} --legal-comments=eof --log-level=warning; }
# Some npm packages are CommonJS and require Node's built-in modules.
bundle runtime/main.ts --platform=node --target=node20 --outfile="$out/opt/kasmix/entrypoint.mjs" \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
bundle runtime/control/kasmixctl.ts --platform=node --target=node20 --outfile="$out/opt/kasmix/kasmixctl.mjs" \
  --banner:js='#!/opt/kasmix/hide-secrets /usr/bin/node'
chmod 755 "$out/opt/kasmix/kasmixctl.mjs"
# The same as src/client/build.ts does for tests.
www=$out/opt/kasmix/www
bundle client/main.ts --target=es2022 --minify --splitting --outdir="$www"
bundle client/features.css --target=es2022 --minify --outdir="$www"
for script in client/*/worklet.ts client/*/worker.ts; do
  [ -e "$script" ] || continue
  feature=$(basename "$(dirname "$script")")
  bundle "$script" --target=es2022 --minify --outfile="$www/$feature-$(basename "$script" .ts).js"
done
cp client/index.html client/style.css client/dark.css client/icon.svg client/icon-*.png client/manifest.webmanifest client/licenses.txt "$www"
cp client/index.html "$www/vnc.html"
