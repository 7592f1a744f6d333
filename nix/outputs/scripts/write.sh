# Writes the program $out/bin/$action: the shell that everything is built with, what it is about, and the script $body.
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
