#!/usr/bin/env bash
# What is built without telemetry does not need the transport: no shared object given names libcurl.
set -euo pipefail

for library in "$@"; do
  needed=$(readelf --dynamic --wide "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p')
  echo "$library needs" $needed
  [[ $needed == *libc.so* ]] || { echo "readelf does not say what it needs"; exit 1; }
  [[ $needed != *libcurl* ]] || { echo "libcurl is not to be among it"; exit 1; }
done
[[ $# -gt 0 ]]
