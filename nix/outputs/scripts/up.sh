# Builds, loads and runs the workspace by the ./kasmix of a checkout.
if [ "$checkout" = yes ] && [ -x ./kasmix ] && [ -e nix/workspaces ]; then exec ./kasmix up "$workspace" "$@"; fi
cat >&2 << TEXT
Building and running a workspace needs a checkout of Kasmix that has it: run this in its folder.
Without one, load the image (nix run .#$workspace.load), and start it by hand:
  docker run -d -p 127.0.0.1:6901:6901 -e VNC_PW=... --shm-size 512m --pids-limit 2000 kasmix/$workspace:latest
TEXT
exit 1
