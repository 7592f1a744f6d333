#!/bin/sh
# Kept for callers that start the image by it: the entrypoint fills the home.
[ $# -gt 0 ] || exit 0
exec "$@"
