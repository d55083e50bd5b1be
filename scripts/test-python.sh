#!/usr/bin/env bash
# Runs the suites in test/python against the real Python packages. They are installed, at the versions of
# test/python/requirements.txt, into a virtual environment outside of the tree, which is made anew when they change.
# Needs Python 3.11 or newer with venv. Arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=test/python/requirements.txt
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"
environment="${TRAINYARD_PYTHON_ENVIRONMENT:-$cache/python-$(git hash-object "$requirements" | cut -c1-12)}"

if [ ! -e "$environment/ready" ]; then
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    --requirement "$requirements"
  touch "$environment/ready"
fi

npm run --silent build
TRAINYARD_PYTHON="$environment/bin/python" exec npx vitest run --config vitest.python.config.ts "$@"
