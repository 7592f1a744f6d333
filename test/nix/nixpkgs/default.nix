# Stands in for nixpkgs where that cannot be fetched: it knows the names in names.json, each with where it was seen in
# nixpkgs, and nothing else. A name, an argument or a file of a package that is not in that list is a failure, so what is
# evaluated against this asks nixpkgs only for what is known to be there. Nothing of it can be built.
{
  system,
  config ? { },
  overlays ? [ ],
}:

let
  known = builtins.fromJSON (builtins.readFile ./names.json);
  unknown = what: throw "${what} is not in test/nix/nixpkgs/names.json: look it up in nixpkgs, and extend the list with its source";

  make =
    name: outputs: environment:
    derivation (
      {
        inherit name system outputs;
        builder = "/stand-in";
      }
      // environment
    );

  isAllowed = config.allowUnfreePredicate or (_: false);

  # A package with the outputs that are known of it, the first of which it is by itself.
  package =
    name: entry:
    let
      outputs = entry.outputs or [ "out" ];
      result =
        make "${name}-stand-in" outputs { }
        // {
          pname = name;
          meta.outputsToInstall = [ (if builtins.elem "bin" outputs then "bin" else "out") ];
        }
        // (if entry ? binaryDir then { inherit (entry) binaryDir; } else { })
        // (if entry ? override then { override = {
                # As in nixpkgs, with the names of its arguments.
                __functor = _: overridden name entry.override;
                __functionArgs = builtins.listToAttrs (map (argument: { name = argument; value = true; }) entry.override);
              }; } else { });
    in
    if entry.unfree or false && !(isAllowed result) then
      throw "${name} is not free, and the configuration does not allow it"
    else
      result;

  overridden =
    name: allowed: arguments:
    make "${name}-stand-in" [ "out" ] (checked "${name}.override" allowed arguments)
    // { meta.outputsToInstall = [ "out" ]; };

  checked =
    function: allowed: arguments:
    let
      odd = builtins.filter (argument: !(builtins.elem argument allowed)) (builtins.attrNames arguments);
    in
    if odd == [ ] then arguments else unknown "The argument ${builtins.head odd} of ${function}";

  # A function that takes one set of named arguments, as nixpkgs has it.
  function = name: kind: arguments: make kind [ "out" ] (
    removeAttrs (checked name known.functions.${name}.arguments arguments) [ "name" ]
  );

  runCommand = name: environment: script: make name [ "out" ] (environment // { buildCommand = script; });
in
assert overlays == [ ];
builtins.mapAttrs package known.packages
// {
  inherit runCommand;
  runCommandCC = runCommand;
  makeFontsConf = function "makeFontsConf" "fonts.conf";
  mkShell = function "mkShell" "nix-shell";
  writeShellApplication =
    { name, ... }@arguments:
    make name [ "out" ] (
      removeAttrs (checked "writeShellApplication" known.functions.writeShellApplication.arguments arguments) [ "name" ]
    );
  stdenv.hostPlatform = { inherit system; };
}
