# Unpacks a wheel, which is a zip, without the libraries that are not used: links to their stubs have their names. Nothing
# in it is run.
#
# In: wheel    sevenZip    unused  names of libraries    stubs  the library of their stubs
"$sevenZip" x -tzip -bd -bso0 -y "-o$out" "$wheel"
for library in $unused; do
  # A wheel's tools give every library a name with a hash in it.
  file=$(echo "$out"/*.libs/"$library"-*)
  [ -f "$file" ] || { echo "the wheel has no $library; correct \`unused\` in nix/locks/wheels.json" >&2; exit 1; }
  ln -sf stubs.so "$file"
  cp "$stubs" "$(dirname "$file")/stubs.so"
done
