#!/usr/bin/env bash
# Runs the suites in test/python against the real Python packages. They are installed, at the versions of
# test/python/requirements.txt, into a virtual environment outside of the tree, which is made anew when they change;
# MLflow and DVC into a second one (exchange-requirements.txt), because they need other versions; a server that speaks S3
# and the reader of CloudEvents into a third (services-requirements.txt).
# Needs Python 3.11 or newer with venv. Arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"

# Makes the environment of a file of requirements in a folder, unless it is there.
install() {
  local requirements="$1" environment="$2"
  if [ -e "$environment/ready" ]; then return; fi
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --only-binary :all: \
    --requirement "$requirements"
  touch "$environment/ready"
}

digest() { git hash-object "$1" | cut -c1-12; }

requirements=test/python/requirements.txt
environment="${TRAINYARD_PYTHON_ENVIRONMENT:-$cache/python-$(digest "$requirements")}"
install "$requirements" "$environment"

exchange_requirements=test/python/exchange-requirements.txt
exchange="${TRAINYARD_EXCHANGE_ENVIRONMENT:-$cache/exchange-$(digest "$exchange_requirements")}"
install "$exchange_requirements" "$exchange"

services_requirements=test/python/services-requirements.txt
services="${TRAINYARD_SERVICES_ENVIRONMENT:-$cache/services-$(digest "$services_requirements")}"
install "$services_requirements" "$services"

npm run --silent build
TRAINYARD_PYTHON="$environment/bin/python" TRAINYARD_EXCHANGE="$exchange/bin" TRAINYARD_SERVICES="$services/bin" \
  exec npx vitest run --config vitest.python.config.ts "$@"
