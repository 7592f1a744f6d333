# Writes C functions in place of the libraries of a wheel that are left out. The module binds all its functions when it is
# loaded, also those that nobody calls; each stub fails as the library's own would.
#
# In: wheel    sevenZip    functions  a list of PREFIX=FAILURE: how the names of a library's functions begin, and what they return
"$sevenZip" x -tzip -bd -bso0 -so "$wheel" '*.cpython-*.so' > module
for entry in $functions; do
  # The module's table of names is among its strings. A name too many does no harm.
  strings "./module" | grep -E "^${entry%%=*}[a-z0-9_]+$" | sort -u |
    sed "s|.*|void *&(void) { return (void *)${entry#*=}; }|"
done > "$out"
