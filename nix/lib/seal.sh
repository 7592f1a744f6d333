# Ends the building of a layer: $out/layer.tar stands; its digest (which is its diff id too, as it is not compressed)
# and size in bytes are written beside it, so that an image is put together without reading layers again.
sha256sum "$out/layer.tar" | cut -d ' ' -f 1 > "$out/digest"
stat -c %s "$out/layer.tar" > "$out/size"
