# Unpacks esbuild and the packages that are bundled (see runtime.nix).
mkdir -p "$out/esbuild" "$out/node_modules"
tar x -z -f "$esbuild" -C "$out/esbuild" --strip-components 1
for package in $packages; do
  folder=$out/node_modules/${package%%=*}
  mkdir -p "$folder"
  tar x -z -f "${package#*=}" -C "$folder" --strip-components 1
done
