#!/usr/bin/env bash
# Runs the suites in test/browser in a real Chromium. Takes the one that TRAINYARD_CHROMIUM names or that is on the PATH, else
# installs Debian's (as root). Arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

chromium="${TRAINYARD_CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}"
if [ -z "$chromium" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium >/dev/null
  chromium="$(command -v chromium)"
fi

npm run --silent build
TRAINYARD_CHROMIUM="$chromium" exec npx vitest run --config vitest.browser.config.ts "$@"
