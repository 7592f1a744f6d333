# Finishes a layer: writes the digest of $out/layer.tar (its diff id too, as it is not compressed) and its size in bytes
# beside it, so that an image is assembled without reading layers again.
sha256sum "$out/layer.tar" | cut -d ' ' -f 1 > "$out/digest"
stat -c %s "$out/layer.tar" > "$out/size"
