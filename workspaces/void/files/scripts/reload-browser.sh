#!/bin/sh
# Restarts the browser that the first argument names; that also removes its stale locks.
answer=$(kasmixctl restart "${1:-chromium}" 2>&1) || zenity --error --title "Reload" --no-markup --text "$answer"
