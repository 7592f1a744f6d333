# Loads the image into this machine's engine.
if [ "$checkout" = yes ] && [ -x ./kasmix ] && [ -e nix/workspaces ]; then
  ./kasmix build "$workspace"
  exec ./kasmix load "$workspace" "$@"
fi
if ! command -v skopeo > /dev/null; then
  echo "This needs a checkout of Kasmix as the current folder, or skopeo on PATH; the image is $image" >&2
  exit 1
fi
if command -v docker > /dev/null; then
  to=docker-daemon:kasmix/$workspace:latest
else
  to=containers-storage:localhost/kasmix/$workspace:latest
fi
exec skopeo --insecure-policy copy "$@" "oci:$image" "$to"
