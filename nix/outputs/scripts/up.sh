# Builds, loads and runs the workspace, as a checkout's ./kasmix does it.
if [ -x ./kasmix ] && [ -e nix/workspaces ]; then exec ./kasmix up "$workspace" "$@"; fi
cat >&2 << TEXT
To run $workspace needs a checkout of Kasmix: start this in its folder.
Without one, load the image (the attribute load of it), and start it by hand:
  docker run -d -p 127.0.0.1:6901:6901 -e VNC_PW=... --shm-size 512m kasmix/$workspace:latest
TEXT
exit 1
