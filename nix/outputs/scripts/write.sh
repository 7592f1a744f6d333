# Writes the program $out/bin/$action: busybox's shell, the image's variables, and the script $body.
mkdir -p "$out/bin"
program=$out/bin/$action
{
  echo "#!$busybox/usr/bin/busybox sh"
  echo "set -eu"
  echo "workspace=$workspace"
  echo "image=$image"
  echo "checkout=$checkout"
  cat "$body"
} > "$program"
chmod 755 "$program"
