#!/bin/sh
# Stops Discord, removes its caches and starts it again; that also turns its host update off again.
cache=${HOME:?}/.config/discord
answer=$(
  kasmixctl stop discord 2>&1 &&
    rm -rf -- "$cache/Cache" "$cache/Code Cache" "$cache/GPUCache" "$cache/Shared Dictionary" 2>&1 &&
    kasmixctl start discord 2>&1
) || zenity --error --title "Reset Discord" --no-markup --text "$answer"
