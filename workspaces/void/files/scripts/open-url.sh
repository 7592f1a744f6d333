#!/bin/sh
# Asks for an address and opens it in the browser. The URL launcher checks whether that is allowed, and starts the
# browser if it is not running.
url=$(zenity --entry --title "Open URL in Browser" --text "Address:" --width 480) || exit 0
answer=$(kasmixctl navigate "$url" 2>&1) || zenity --error --title "Open URL in Browser" --no-markup --text "$answer"
