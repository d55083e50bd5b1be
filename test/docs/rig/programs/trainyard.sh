#!/usr/bin/env bash
# The command line of this tree. A server is started on a free port and left running for the blocks that follow, which ask it
# at the port that the page names (see curl.sh).
set -euo pipefail
main="$TRAINYARD_PROJECT/dist/bin/trainyard.js"
if [ "${1:-}" != serve ]; then exec "$TRAINYARD_NODE" "$main" "$@"; fi
for old in "$TRAINYARD_STATE"/*.pid; do
  if [ -e "$old" ]; then kill "$(cat "$old")" 2> /dev/null || true; fi
done
rm -f "$TRAINYARD_STATE/serve.json"
"$TRAINYARD_NODE" "$main" "$@" --port 0 --json > "$TRAINYARD_STATE/serve.json" 2> "$TRAINYARD_STATE/serve.log" &
echo $! > "$TRAINYARD_STATE/$!.pid"
for _ in $(seq 600); do
  if grep -q '"url"' "$TRAINYARD_STATE/serve.json" && tail -n 1 "$TRAINYARD_STATE/serve.json" | grep -q '^}'; then exit 0; fi
  if ! kill -0 $! 2> /dev/null; then break; fi
  sleep 0.1
done
cat "$TRAINYARD_STATE/serve.json" "$TRAINYARD_STATE/serve.log" >&2
exit 1
