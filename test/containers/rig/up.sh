#!/usr/bin/env bash
# Starts a Docker daemon, a registry on loopback and the images that tests start from, all below one folder, and writes
# what tests need to know to <folder>/environment. `down.sh <folder>` ends them. Any number may run side by side, and
# beside a Docker daemon of the machine: data, sockets, process ids and the bridge are this folder's own, and no
# firewall rule is written. Needs root, and the programs that scripts/test-containers.sh installs.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1"
mkdir -p "$folder/docker" "$folder/registry"
folder="$(cd "$folder" && pwd)"

# Waits until a command succeeds; $1 seconds at most.
until_works() {
  local seconds="$1"
  shift
  for ((i = 0; i < seconds * 10; i++)); do
    if "$@" > /dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "waited $seconds s in vain for: $*" >&2
  tail -n 20 "$folder"/*.log >&2
  exit 1
}

# A bridge with a subnet that nothing else here uses.
bridge="ty$$"
for n in {200..254}; do
  if ip -4 route show | grep -q "^10\.$n\."; then continue; fi
  ip link add name "$bridge" type bridge
  echo "$bridge" > "$folder/bridge"
  ip address add "10.$n.0.1/24" dev "$bridge"
  ip link set "$bridge" up
  break
done

# Ports are published by Docker's own proxy, so that no rule of iptables is needed; containers reach each other, and
# nothing outside of the machine.
dockerd --host "unix://$folder/docker.sock" --data-root "$folder/docker" --exec-root "$folder/exec" \
  --pidfile "$folder/dockerd.pid" --storage-driver overlay2 --bridge "$bridge" \
  --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=true \
  --default-address-pool "base=10.$n.128.0/17,size=24" --config-file "$here/daemon.json" \
  > "$folder/dockerd.log" 2>&1 &

printf 'version: 0.1\nlog: { level: info, accesslog: { disabled: true } }\nstorage:\n  filesystem: { rootdirectory: "%s" }\n  delete: { enabled: true }\nhttp: { addr: "127.0.0.1:0" }\n' \
  "$folder/registry" > "$folder/registry.yml"
docker-registry serve "$folder/registry.yml" > "$folder/registry.log" 2>&1 &
echo "$!" > "$folder/registry.pid"

# The command line that belongs to the daemon stands before another one on the PATH.
mkdir -p "$folder/bin"
if [ -x /usr/bin/docker ]; then ln -sf /usr/bin/docker "$folder/bin/docker"; fi
export PATH="$folder/bin:$PATH" DOCKER_HOST="unix://$folder/docker.sock" DOCKER_CONFIG="$folder/config"
mkdir -p "$DOCKER_CONFIG"

until_works 20 grep -q 'listening on' "$folder/registry.log"
registry="$(grep -o 'listening on 127.0.0.1:[0-9]*' "$folder/registry.log" | head -n 1 | cut -d ' ' -f 3)"
node "$here/image-of-program.mjs" "$folder/node-image" "$(command -v node)" > "$folder/images.log"
node "$here/image-of-program.mjs" "$folder/haproxy-image" "$(command -v haproxy || echo /usr/sbin/haproxy)" > "$folder/images.log"
skopeo copy --quiet --dest-tls-verify=false "oci:$folder/node-image" "docker://$registry/base/node:20"
skopeo copy --quiet --dest-tls-verify=false "oci:$folder/haproxy-image" "docker://$registry/base/haproxy:2"
rm -rf "$folder/node-image" "$folder/haproxy-image"
until_works 60 docker version

cat > "$folder/environment" <<END
export PATH="$folder/bin:\$PATH"
export DOCKER_HOST="$DOCKER_HOST"
export DOCKER_CONFIG="$DOCKER_CONFIG"
export TRAINYARD_TEST_REGISTRY="$registry"
export TRAINYARD_TEST_BASE="$registry/base/node:20"
export TRAINYARD_TEST_BALANCER="$registry/base/haproxy:2"
END
