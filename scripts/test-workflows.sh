#!/usr/bin/env bash
# Everything that is checked of workflows and actions without running them: `npm run workflows`, and zizmor. Zizmor is
# installed from PyPI, at the version of test/runner/static/requirements.txt, into a virtual environment outside of the
# tree. It must find what is wrong with the bad example before it is believed about ours. Needs Python 3.11 with venv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=test/runner/static/requirements.txt
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"
environment="${TRAINYARD_ZIZMOR_ENVIRONMENT:-$cache/zizmor-$(git hash-object "$requirements" | cut -c1-12)}"
if [ ! -e "$environment/ready" ]; then
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
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
inputs=()
for folder in .github actions; do if [ -d "$folder" ]; then inputs+=("$folder"); fi; done
if compgen -G '.github/workflows/*.yml' > /dev/null; then
  zizmor --strict-collection "${inputs[@]}"
fi
