# Unpacks a wheel, which is a zip, without the libraries that are not used: links to their stubs have their names. Nothing
# in it is run.
#
# In: wheel    sevenZip    unused  names of libraries    stubs  the library of their stubs
"$sevenZip" x -tzip -bd -bso0 -y "-o$out" "$wheel"
chmod -R u+w "$out"
libraries=$(echo "$out"/*.libs)
for name in $unused; do
  # A wheel's tools give every library a name with a hash in it.
  file=$(echo "$libraries/$name"-*)
  if [ ! -f "$file" ]; then
    echo "the wheel has no $name: correct \`unused\` in nix/locks/wheels.json" >&2
    exit 1
  fi
  ln -sf stubs.so "$file"
done
if [ -n "$unused" ]; then cp "$stubs" "$libraries/stubs.so"; fi
