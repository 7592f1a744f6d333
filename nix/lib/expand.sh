# Replaces each closure among $layers by its layers, whose number only the build tells, and assembles the image
# (image.sh).
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
