#!/usr/bin/env bash
# Runs the suites in test/protocol: Triton's own client, and Schemathesis against the description of the API. They are
# installed from PyPI, at the versions of test/protocol/requirements.txt, into a virtual environment outside of the
# tree, which is made anew when they change. Needs Python 3.11 or newer with venv. Arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=test/protocol/requirements.txt
digest="$(git hash-object "$requirements" | cut -c1-12)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"
environment="${TRAINYARD_PROTOCOL_ENVIRONMENT:-$cache/protocol-$digest}"
if [ ! -e "$environment/ready" ]; then
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --only-binary :all: \
    --requirement "$requirements"
  touch "$environment/ready"
fi

TRAINYARD_PROTOCOL="$environment/bin" exec npx vitest run --config vitest.protocol.config.ts "$@"
