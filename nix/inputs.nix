# The flake's inputs for callers that do not use flake.nix, such as the CLI: fetched as flake.lock pins them, so that
# both ways give the same derivations. Each is fetched only when it is used.
let
  lock = builtins.fromJSON (builtins.readFile ../flake.lock);

  # A node of the lock by its name, or by its path from the root where it follows another's input.
  nodeName =
    reference:
    if builtins.isList reference then
      builtins.foldl' (node: input: nodeName lock.nodes.${node}.inputs.${input}) lock.root reference
    else
      reference;

  flakeOf =
    reference:
    let
      node = lock.nodes.${nodeName reference};
      source = builtins.fetchTree node.locked;
      isFlake = node.flake or true;
      inputs = builtins.mapAttrs (_: flakeOf) (node.inputs or { });
      outputs = (import "${source.outPath}/flake.nix").outputs (inputs // { self = flake; });
      # The source can be used without evaluating the outputs: nixpkgs is imported as a folder.
      flake = {
        inherit (source) outPath narHash lastModifiedDate;
        inherit inputs outputs;
        packages = outputs.packages;
      };
    in
    if isFlake then flake else source;
in
builtins.mapAttrs (_: flakeOf) lock.nodes.${lock.root}.inputs
