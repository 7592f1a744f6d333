# Programs for an image, as its attributes: `nix run .#desktop.load`, for example. In a checkout that has the image they
# call ./kasmix; elsewhere skopeo, from PATH.
#
#   up              builds, loads and runs it
#   load            loads it into Docker or Podman
#   copyTo          copies it to a destination of skopeo: docker-archive:desktop.tar
#   copyToRegistry  copies it to an OCI registry: registry.example/me/desktop:latest
{ bootstrap, lazy, inCheckout ? true }:

name: image:

let
  script =
    action:
    bootstrap.run action ./scripts/write.sh {
      inherit action image;
      checkout = if inCheckout then "yes" else "no";
      workspace = name;
      body = ./scripts + "/${action}.sh";
    };
in
lazy "${name}-image" image
// builtins.listToAttrs (
  map (action: {
    name = action;
    value = script action;
  }) [ "up" "load" "copyTo" "copyToRegistry" ]
)
