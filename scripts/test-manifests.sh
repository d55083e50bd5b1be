#!/usr/bin/env bash
# Runs the suites in test/manifests: what `trainyard deploy` renders, against the official schemas and programs.
#   Kubernetes   the schemas of 1.37 in the PyPI package kubernetes-validate, in their strict form
#   KServe       the custom resource definitions in its Go module
#   Prometheus   those of its operator, in its Go module
#   Compose      compose-spec.json in the Go module compose-go
#   kustomize    built from its Go module
#   HAProxy      Debian's, which checks configurations
# All of it is kept in a cache outside of the tree. Needs Python 3.11 with venv, and Go 1.21. Arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kubernetes=1.37.0
kserve=github.com/kserve/kserve@v0.17.0
prometheus=github.com/prometheus-operator/prometheus-operator@v0.85.0
compose=github.com/compose-spec/compose-go/v2@v2.16.2
kustomize=sigs.k8s.io/kustomize/kustomize/v5@v5.8.1

cache="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard"
export PATH="$PATH:/usr/local/go/bin:/usr/sbin:/sbin"
if ! command -v go > /dev/null; then
  echo "test:manifests needs Go 1.21 or newer on the PATH" >&2
  exit 1
fi
if ! command -v haproxy > /dev/null; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "test:manifests needs the Debian package haproxy, and root to install it" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends haproxy
fi

environment="$cache/kubernetes-validate-$kubernetes"
if [ ! -e "$environment/ready" ]; then
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --only-binary :all: --no-deps \
    "kubernetes-validate==$kubernetes"
  touch "$environment/ready"
fi
schemas="$(echo "$environment"/lib/python3*/site-packages/kubernetes_validate/kubernetes-json-schema/"v$kubernetes-local-strict")"

# The folder of a Go module, fetched unless it is there.
module() { (cd "$cache" && go mod download -json "$1") | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'; }

programs="$cache/programs-${kustomize##*@}"
if [ ! -x "$programs/kustomize" ]; then GOGC=off GOMEMLIMIT=1GiB GOBIN="$programs" GOFLAGS=-mod=mod go install "$kustomize"; fi

kserve_folder="$(module "$kserve")"
prometheus_folder="$(module "$prometheus")"
compose_folder="$(module "$compose")"
TRAINYARD_TEST_KUBERNETES="$schemas" \
  TRAINYARD_TEST_KSERVE="$kserve_folder/config/crd/full/serving.kserve.io_inferenceservices.yaml" \
  TRAINYARD_TEST_PROMETHEUS="$prometheus_folder/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml" \
  TRAINYARD_TEST_COMPOSE="$compose_folder/schema/compose-spec.json" \
  TRAINYARD_TEST_KUSTOMIZE="$programs/kustomize" \
  exec npx vitest run --config vitest.manifests.config.ts "$@"
