#!/usr/bin/env bash
# Ends what up.sh started below a folder, by process id, and removes the folder.
set -uo pipefail
folder="$1"
for name in dockerd registry; do
  pid="$(cat "$folder/$name.pid" 2> /dev/null)" || continue
  kill "$pid" 2> /dev/null || continue
  for ((i = 0; i < 300; i++)); do
    if ! kill -0 "$pid" 2> /dev/null; then break; fi
    sleep 0.1
  done
  kill -9 "$pid" 2> /dev/null
done
if [ -e "$folder/bridge" ]; then ip link delete "$(cat "$folder/bridge")" 2> /dev/null; fi
# Mounts of containers that ended badly, and namespaces, innermost first.
awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r |
  while read -r mounted; do umount "$mounted"; done
rm -rf "$folder"
