#!/bin/bash
# How Kasm's images watch their processes: every three seconds a look at each pid, and what is gone is started again.
# loop.sh FOLDER NAME...
folder=$1
shift
declare -A processes

start() {
  "$folder/probe.sh" "$1" &
  processes[$1]=$!
}

for name in "$@"; do
  start "$name"
done
while :; do
  sleep 3
  for name in "${!processes[@]}"; do
    kill -0 "${processes[$name]}" 2>/dev/null || start "$name"
  done
done
