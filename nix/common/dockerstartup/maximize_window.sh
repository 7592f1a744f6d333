#!/opt/kasmix/hide-secrets /bin/sh
# shellcheck shell=sh
# Maximises the window with MAXIMIZE_NAME in its title, if MAXIMIZE is true.
[ "${MAXIMIZE:-}" = true ] && [ -n "${MAXIMIZE_NAME:-}" ] || exit 0
tries=0
until wmctrl -r "$MAXIMIZE_NAME" -b add,maximized_vert,maximized_horz 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 60 ] || exit 0
  sleep 1
done
