#!/bin/sh
# Asks for an address and has the browser go there. The URL launcher decides whether it may, and starts a browser that is
# down.
url=$(zenity --entry --title "Open URL in Browser" --text "Address:" --width 480) || exit 0
answer=$(kasmixctl navigate "$url" 2>&1) || zenity --error --title "Open URL in Browser" --no-markup --text "$answer"
