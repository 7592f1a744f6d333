# Puts an image together (image.sh) whose layers are not all known by number: each closure among $layers becomes the
# layers that it holds.
all='' named=''
set -- $kinds
for layer in $layers; do
  if [ -e "$layer/order" ]; then
    for number in $(cat "$layer/order"); do all="$all $layer/$number" named="$named $1"; done
  else
    all="$all $layer" named="$named $1"
  fi
  shift
done
layers=$all kinds=$named
. "$assemble"
