#!/usr/bin/env bash
# Builds the OpenTelemetry Collector that the integration tests talk to, from its Go modules.
#
#   tools/collector/build_collector.sh          builds it unless it is there, prints the binary's path
#   tools/collector/build_collector.sh --path   prints where the binary is or would be, builds nothing
#
# Exit 77 where Go can't (tools/go_build.sh).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/go_build.sh
source "$here/../go_build.sh"
readonly collector_version=0.158.0
home=$cache/collector-$collector_version
binary=$home/otelcol

say() {
  echo "collector: $1 (${SECONDS} s)" >&2
}

build() {
  local work
  mkdir -p "$home"
  exec 9>"$home/lock"
  flock 9                        # two tests may ask at once
  [[ ! -x $binary ]] || return 0
  work=$(mktemp -d "$home/build.XXXXXX")
  # shellcheck disable=SC2064   # the folder's name of now
  trap "chmod -R u+w '$work'; rm -rf '$work'" EXIT
  say "building the builder"
  run_logged "$home/build.log" env GOBIN="$work/bin" \
    go install "go.opentelemetry.io/collector/cmd/builder@v$collector_version"
  say "resolving modules and compiling, about 3 minutes when cold"
  cp "$here/builder.yaml" "$work/builder.yaml"
  (cd "$work" && run_logged "$home/build.log" env CGO_ENABLED=0 ./bin/builder --config=builder.yaml \
    --skip-strict-versioning=false --ldflags="-s -w")
  mv "$work/out/otelcol" "$binary"   # in one step, so that a stopped build leaves nothing half done
  say "built $("$binary" --version)"
}

if [[ ${1:-} == --path ]]; then
  echo "$binary"
  exit 0
fi
if [[ ! -x $binary ]]; then
  find_go collector
  build
fi
echo "$binary"
