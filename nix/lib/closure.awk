# Reads the graphs of references that Nix writes: a path, its deriver, the number of its references, and these, a line
# each. Prints for every path how many paths need it, directly or not, and its name, in no order.
function skip(count) {
  for (; count > 0; count--) getline reference < file
}

# Counts each path that a path needs once; `mark` has the last root that each was counted for.
function visit(path, root, next_, index_) {
  if (mark[path] == root) return
  mark[path] = root
  needed[path]++
  for (index_ = 1; index_ <= length_[path]; index_++) visit(references[path, index_], root)
}

BEGIN {
  for (argument = 1; argument < ARGC; argument++) {
    file = ARGV[argument]
    while ((getline path < file) > 0) {
      getline deriver < file
      getline count < file
      if (path in length_) {
        skip(count)
        continue
      }
      length_[path] = count + 0
      for (i = 1; i <= count; i++) {
        getline reference < file
        references[path, i] = reference
      }
    }
    close(file)
  }
  for (path in length_) visit(path, path)
  for (path in length_) print needed[path], path
}
