# Bundles the runtime and the client (see runtime.nix) into $out/opt/kasmix.
mkdir -p src "$out/opt/kasmix"
ln -s "$unpacked/node_modules" node_modules
cp -r "$files" src/files
cp -r "$model" src/model
cp -r "$runtime" src/runtime
cp -r "$terminal" src/terminal
cp -r "$wire" src/wire
cp -r "$client" src/client
cd src
# The link is kept in names, so that the bundles do not depend on the path in the store.
bundle() { "$unpacked/esbuild/bin/esbuild" "$@" --bundle --preserve-symlinks --format=esm --tsconfig-raw={} --legal-comments=eof --log-level=warning; }
# The two large bundles are made at the same time.
www=$out/opt/kasmix/www
# The same as src/client/build.ts does for tests.
bundle client/main.ts client/beside.ts --target=es2022 --minify --splitting --outdir="$www" &
client=$!
# Some npm packages are CommonJS and require Node's built-in modules.
# What few containers need is a file of its own, loaded on demand.
bundle runtime/main.ts --platform=node --target=node20 --splitting --outdir="$out/opt/kasmix" \
  --entry-names=entrypoint --out-extension:.js=.mjs \
  --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
bundle runtime/control/kasmixctl.ts --platform=node --target=node20 --outfile="$out/opt/kasmix/kasmixctl.mjs" \
  --banner:js='#!/opt/kasmix/hide-secrets /usr/bin/node'
chmod 755 "$out/opt/kasmix/kasmixctl.mjs"
bundle client/features.css client/beside.css --target=es2022 --minify --outdir="$www"
entries=''
for script in client/*/worklet.ts client/*/worker.ts; do
  [ -e "$script" ] || continue
  feature=$(basename "$(dirname "$script")")
  entries="$entries $feature-$(basename "$script" .ts)=$script"
done
bundle $entries --target=es2022 --minify --outdir="$www"
wait "$client"
cp client/index.html client/style.css client/dark.css client/icon.svg client/icon-*.png client/manifest.webmanifest client/licenses.txt "$www"
cp client/index.html "$www/vnc.html"
