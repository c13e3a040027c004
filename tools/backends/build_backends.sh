#!/usr/bin/env bash
# Builds a backend that the guide names, from its Go modules, for backends_test.
#
#   tools/backends/build_backends.sh jaeger|prometheus   builds it unless it is there, prints the binary's path
#
# Exit 77 where Go can't (tools/go_build.sh).
set -euo pipefail

# shellcheck source=tools/go_build.sh
source "$(dirname "${BASH_SOURCE[0]}")/../go_build.sh"
readonly -A modules=([jaeger]=github.com/jaegertracing/jaeger [prometheus]=github.com/prometheus/prometheus)
readonly -A versions=([jaeger]=1.76.0 [prometheus]=0.316.0)

name=${1:-}
[[ -n ${modules[$name]:-} ]] || { echo "usage: build_backends.sh ${!modules[*]}" >&2 && exit 2; }
module=${modules[$name]}
home=$cache/$name-${versions[$name]}
binary=$home/$name
if [[ ! -x $binary ]]; then
  find_go "$name"
  mkdir -p "$home/work"
  exec 9>"$home/lock"
  flock 9                       # two tests may ask at once
  cd "$home/work"
  echo "$name: resolving modules and compiling, some minutes when cold" >&2
  if [[ ! -f go.mod ]]; then run_logged "$home/build.log" go mod init backend; fi
  # Of Prometheus without what finds targets, which is most of it, and nobody here asks for.
  export GOFLAGS=-tags=remove_all_sd
  run_logged "$home/build.log" go get "$module/cmd/$name@v${versions[$name]}"
  run_logged "$home/build.log" env CGO_ENABLED=0 go build -ldflags="-s -w" -o "$binary" "$module/cmd/$name"
fi
echo "$binary"
