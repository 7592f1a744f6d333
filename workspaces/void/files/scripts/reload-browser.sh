#!/bin/sh
# Ends the browser, whose name is the first word, and has it started anew; its stale locks are removed on the way.
answer=$(kasmixctl restart "${1:-chromium}" 2>&1) || zenity --error --title "Reload" --no-markup --text "$answer"
