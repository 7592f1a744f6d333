# Copies the image to an OCI registry; options of `skopeo copy` may follow the name.
if [ $# -eq 0 ]; then
  echo "Name the destination: registry.example/me/$workspace:latest" >&2
  exit 2
fi
if ! command -v skopeo > /dev/null; then
  echo "This needs skopeo on PATH (nix develop has it); the image is $image" >&2
  exit 1
fi
name=$1
shift
exec skopeo --insecure-policy copy "oci:$image" "docker://$name" "$@"
