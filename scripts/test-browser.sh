#!/usr/bin/env bash
# Runs the suites in test/browser in a real Chromium. Takes the one that TRAINYARD_CHROMIUM names or that is on the PATH, else
# installs Debian's (as root). Arguments go to Vitest. Pictures for people go to test/browser/screenshots, or to the folder that
# TRAINYARD_SCREENSHOTS names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

install() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" >/dev/null
}

chromium="${TRAINYARD_CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}"
if [ -z "$chromium" ]; then
  # With the letters and marks of a comment.
  install chromium fonts-noto-core fonts-noto-color-emoji
  chromium="$(command -v chromium)"
fi

# The Mermaids that draw comments, outside of the tree: 190 MB, which nothing else needs.
lock=test/browser/mermaid/package-lock.json
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"
export TRAINYARD_MERMAID="${TRAINYARD_MERMAID:-$cache/mermaid-$(git hash-object "$lock" | cut -c1-12)}"
if [ ! -e "$TRAINYARD_MERMAID/ready" ]; then
  mkdir -p "$TRAINYARD_MERMAID"
  cp test/browser/mermaid/package.json "$lock" "$TRAINYARD_MERMAID"
  npm ci --silent --ignore-scripts --prefix "$TRAINYARD_MERMAID"
  touch "$TRAINYARD_MERMAID/ready"
fi

npm run --silent build
export TRAINYARD_SCREENSHOTS="${TRAINYARD_SCREENSHOTS:-$PWD/test/browser/screenshots}"
TRAINYARD_CHROMIUM="$chromium" exec npx vitest run --config vitest.browser.config.ts "$@"
