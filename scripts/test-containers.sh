#!/usr/bin/env bash
# Runs the suites in test/containers with real parts: Docker, a registry on loopback, HAProxy, skopeo. What is missing
# is installed from Debian's packages (as root). A Docker daemon and a registry of their own are started for the time of
# the tests (test/containers/rig/up.sh) and ended; no image is fetched from anywhere. Arguments go to Vitest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Program -> package; services that a package would start by itself are held back.
missing=()
while read -r program package; do
  if ! PATH="$PATH:/usr/sbin:/sbin" command -v "$program" > /dev/null; then missing+=("$package"); fi
done << 'END'
dockerd docker.io
iptables iptables
ip iproute2
docker-registry docker-registry
skopeo skopeo
haproxy haproxy
END
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "test:containers needs the Debian packages ${missing[*]}, and root to install and use them" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
export PATH="$PATH:/usr/sbin:/sbin:/usr/local/go/bin"

# Docker Compose as its makers write it, built from its Go module (Debian has only the Python program of before), and kept
# in a cache outside of the tree. What its go.mod replaces, only a main module may: so it is built as one. Go collects no
# garbage meanwhile, as long as it fits: that takes a quarter of the time.
compose=v2.24.7
program="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard/docker-compose-$compose/docker-compose"
if [ ! -x "$program" ]; then
  if ! command -v go > /dev/null; then
    echo "test:containers needs Go 1.21 or newer on the PATH, to build Docker Compose" >&2
    exit 1
  fi
  sources="$(mktemp -d "${TMPDIR:-/tmp}/trainyard-compose-XXXXXX")"
  module="$(cd "$sources" && go mod download -json "github.com/docker/compose/v2@$compose" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')"
  cp -r "$module/." "$sources"
  chmod -R u+w "$sources"
  (cd "$sources" && GOGC=off GOMEMLIMIT=1GiB GOFLAGS=-mod=mod go build -o "$program" ./cmd)
  rm -rf "$sources"
fi
export TRAINYARD_TEST_COMPOSE="$program"

folder="$(mktemp -d "${TMPDIR:-/tmp}/trainyard-containers-XXXXXX")"
trap 'bash test/containers/rig/down.sh "$folder"' EXIT
bash test/containers/rig/up.sh "$folder"
# shellcheck disable=SC1091
source "$folder/environment"
npm run --silent build
npx vitest run --config vitest.containers.config.ts "$@"
