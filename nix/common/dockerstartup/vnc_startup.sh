#!/bin/sh
# Kept for callers that start the image by it. The words are those of Entrypoint in nix/common/image-config.nix.
exec /opt/kasmix/hide-secrets --hand-over /usr/bin/tini -s -- /usr/bin/node --max-semi-space-size=1 --optimize-for-size --single-threaded /opt/kasmix/entrypoint.mjs
