#!/opt/kasmix/hide-secrets /bin/sh
# shellcheck shell=sh
# Kasm runs this before it removes the container: browsers and other programs get the time to write their data.
read -r apps < /opt/kasmix/autostart || apps=
# shellcheck disable=SC2086 # one word for each app
exec kasmixctl stop $apps desktop
