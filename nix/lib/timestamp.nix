# The date that a flake's input has (20260911081835) as Debian's snapshots write it (20260911T081835Z).
date: "${builtins.substring 0 8 date}T${builtins.substring 8 6 date}Z"
