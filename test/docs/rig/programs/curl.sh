#!/usr/bin/env bash
# Asks the server that a block above started, wherever it listens.
set -euo pipefail
url=$(sed -n 's/^ *"url": "http:\/\/\(.*\)".*/\1/p' "$TRAINYARD_STATE/serve.json" | head -n 1)
words=()
for word in "$@"; do
  word=${word//127.0.0.1:8080/$url}
  words+=("${word//localhost:8080/$url}")
done
PATH=${PATH#*:} exec curl --silent --show-error --fail-with-body "${words[@]}"
