# Copies the image to a destination of skopeo; options of `skopeo copy` may follow.
if [ $# -eq 0 ]; then
  echo "Name the destination: docker-archive:$workspace.tar, docker-daemon:kasmix/$workspace:latest, dir:$workspace" >&2
  exit 2
fi
if ! command -v skopeo > /dev/null; then
  echo "This needs skopeo on PATH (nix develop has it); the image is $image" >&2
  exit 1
fi
exec skopeo --insecure-policy copy "oci:$image" "$@"
