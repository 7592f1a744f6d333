# An image of layers and a configuration: an OCI layout whose layer blobs are links to the layers in the store, so that
# no layer is written twice.
#
# In:  name    repository name, without a tag
#      layers  from the lowest up, each { kind, layer } with layer as lib/seal.sh leaves it; one of kind "closure" is
#              several, as lib/closure.nix leaves them
#      config  of the image, as plain attributes (Env, User, Entrypoint, ...)
#      timestamp  creation date, as a Debian snapshot writes it (20261120T141110Z)
#      sources    what programs of its closures were built from, for the bill of materials: { name, version }, and if known
#                 the `input` of the flake and a `note`
# Out: the layout, and image.json with name, digest, layers and sources for the CLI
{ bootstrap, architecture }:

{
  name,
  layers,
  config,
  timestamp,
  sources ? [ ],
}:

bootstrap.run "${baseNameOf name}-image" ./image.sh {
  repository = name; # "name" is the derivation's own
  inherit architecture timestamp;
  layers = map (entry: entry.layer) layers;
  kinds = map (entry: entry.kind) layers;
  config = builtins.toJSON config;
  sources = builtins.toJSON sources;
  passAsFile = [ "config" ];
}
