#!/usr/bin/env bash
# Prints the path of act, which runs workflows of GitHub on this machine. It is built by Go from its module, checked by
# Go's database of checksums, into a cache outside of the tree when it is not there: 40 seconds, once. Needs Go 1.21 or
# newer, which fetches the newer Go that act asks for as a module; as root on Debian, Go is installed when there is none.
set -euo pipefail

version=0.2.89
program="${XDG_CACHE_HOME:-$HOME/.cache}/trainyard/act-$version/act"
if [ ! -x "$program" ]; then
  export PATH="$PATH:/usr/local/go/bin"
  if ! command -v go > /dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends golang-go >&2
  fi
  found="$(go env GOVERSION 2> /dev/null || echo none)"
  if ! printf '%s\n' go1.21 "$found" | sort --check=quiet --version-sort || [ "$found" = none ]; then
    echo "act $version needs Go 1.21 or newer on the PATH, here is: $found" >&2
    exit 1
  fi
  mkdir -p "$(dirname "$program")"
  draft="$(mktemp -d "$(dirname "$program")/draft-XXXXXX")"
  trap 'rm -rf "$draft"' EXIT
  GOGC=off GOMEMLIMIT=1GiB GOBIN="$draft" GOFLAGS= GOTOOLCHAIN=auto CGO_ENABLED=0 go install "github.com/nektos/act@v$version" >&2
  mv "$draft/act" "$program"
fi
[ "$("$program" --version)" = "act version $version" ]
echo "$program"
