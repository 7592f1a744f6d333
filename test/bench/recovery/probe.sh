#!/bin/sh
# The program that every supervisor of the comparison has to keep alive: probe.sh NAME. It says that it has started,
# says that it is ready to whoever listens on file descriptor 3, and waits to be killed, without a child of its own.
folder=${0%/*}
echo "$1" >"$folder/started"
{ echo >&3; } 2>/dev/null
read -r _ <"$folder/never"
