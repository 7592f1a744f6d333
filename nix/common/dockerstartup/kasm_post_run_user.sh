#!/opt/kasmix/hide-secrets /bin/sh
# shellcheck shell=sh
# Kasm runs this after the start of the container. The entrypoint has done everything; this prints its status.
exec kasmixctl status
