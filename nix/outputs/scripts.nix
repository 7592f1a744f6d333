# What one does with an image, as attributes of it: `nix run .#desktop.load`, and so on. In a checkout they call its
# ./kasmix, where that knows the image; elsewhere skopeo, from PATH.
#
#   up              builds, loads and runs it
#   load            loads it into Docker or Podman
#   copyTo          copies it to where skopeo's words say: docker-archive:desktop.tar
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
