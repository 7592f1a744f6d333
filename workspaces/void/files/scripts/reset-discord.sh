#!/bin/sh
# Ends Discord, takes its caches away and starts it anew; its host update is switched off again on the way.
cache=${HOME:?}/.config/discord
answer=$(
  kasmixctl stop discord 2>&1 &&
    rm -rf -- "$cache/Cache" "$cache/Code Cache" "$cache/GPUCache" "$cache/Shared Dictionary" 2>&1 &&
    kasmixctl start discord 2>&1
) || zenity --error --title "Reset Discord" --no-markup --text "$answer"
