#!/usr/bin/env bash
# Workflows and actions, by programs of others. All that is fetched goes into a cache outside of the tree:
#   without running them   `npm run workflows`, and zizmor from PyPI, at the version of test/runner/static/requirements.txt;
#                          it must find what is wrong with the bad example before it is believed about ours
#   under act              its Go module (scripts/act.sh), in host mode against the fake of GitHub: test/act
#   elsewhere              the files of a commit alone, on Node 24 from npm (scripts/node24.sh): test/committed
# Needs Python 3.11 with venv, Go 1.21, and npm within reach. `--static` ends after the first; other arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=test/runner/static/requirements.txt
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"
environment="${TRAINYARD_ZIZMOR_ENVIRONMENT:-$cache/zizmor-$(git hash-object "$requirements" | cut -c1-12)}"
if [ ! -e "$environment/ready" ]; then
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --only-binary :all: \
    --requirement "$requirements"
  touch "$environment/ready"
fi
zizmor() { "$environment/bin/zizmor" --offline --no-progress --quiet "$@"; }

bad=test/runner/static/fixtures/dangerous
findings="$(zizmor --no-exit-codes --format json "$bad")"
for audit in artipacked dangerous-triggers template-injection unpinned-uses; do
  if ! grep -q "\"ident\": \"$audit\"" <<< "$findings"; then
    echo "zizmor does not find $audit in $bad any more" >&2
    exit 1
  fi
done

npm run --silent workflows
zizmor --strict-collection .github actions
if [ "${1:-}" = --static ]; then exit 0; fi

TRAINYARD_ACT="$(scripts/act.sh)"
TRAINYARD_NODE24="$(scripts/node24.sh)"
export TRAINYARD_ACT TRAINYARD_NODE24
npm run --silent build
exec npx vitest run --config vitest.workflows.config.ts "$@"
