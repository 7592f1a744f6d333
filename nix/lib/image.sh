# Writes the OCI layout of an image (see image.nix). The parts of the JSON need no escapes: digests, sizes, kinds, store
# paths, and what Nix has serialised.
created=$(date -u -D '%Y%m%dT%H%M%SZ' -d "$timestamp" +%Y-%m-%dT%H:%M:%SZ)
mkdir -p "$out/blobs/sha256"

# Adds standard input as a blob; sets digest and size.
blob() {
  cat > blob
  digest=$(sha256sum blob | cut -d ' ' -f 1)
  size=$(stat -c %s blob)
  mv blob "$out/blobs/sha256/$digest"
}

# A closure is several layers (see closure.nix).
members() { if [ -e "$1/order" ]; then sed "s|^|$1/|" "$1/order"; else echo "$1"; fi; }

# The paths of a closure's layer, with quotes and commas.
paths_of() { sed 's/.*/"&"/' "$1/paths" | tr '\n' ',' | sed 's/,$//'; }

set -- $kinds
diffs='' descriptors='' summary='' history='' comma=''
for entry in $layers; do
  for layer in $(members "$entry"); do
    digest=$(cat "$layer/digest") size=$(cat "$layer/size")
    ln -sf "$layer/layer.tar" "$out/blobs/sha256/$digest"
    diffs="$diffs$comma\"sha256:$digest\""
    descriptors="$descriptors$comma{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:$digest\",\"size\":$size}"
    paths=''
    if [ -e "$layer/paths" ]; then paths=",\"paths\":[$(paths_of "$layer")]"; fi
    summary="$summary$comma{\"digest\":\"sha256:$digest\",\"size\":$size,\"kind\":\"$1\"$paths}"
    history="$history$comma{\"created\":\"$created\",\"created_by\":\"kasmix $1\"}"
    comma=,
  done
  shift
done

blob <<EOF
{"architecture":"$architecture","os":"linux","created":"$created","config":$(cat "$configPath"),"rootfs":{"type":"layers","diff_ids":[$diffs]},"history":[$history]}
EOF
configDigest=$digest
descriptor="{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:$digest\",\"size\":$size}"

blob <<EOF
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":$descriptor,"layers":[$descriptors]}
EOF

cat > "$out/oci-layout" <<EOF
{"imageLayoutVersion":"1.0.0"}
EOF
cat > "$out/index.json" <<EOF
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$digest","size":$size,"platform":{"architecture":"$architecture","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"$repository:latest"}}]}
EOF
cat > "$out/image.json" <<EOF
{"name":"$repository","digest":"sha256:$digest","config":"sha256:$configDigest","layers":[$summary],"sources":$sources}
EOF
