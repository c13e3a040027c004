#!/usr/bin/env bash
# Builds the OpenTelemetry Collector that the integration tests talk to, from its Go modules.
#
#   tools/collector/build_collector.sh          builds it unless it is there, prints the binary's path
#   tools/collector/build_collector.sh --path   prints where the binary is or would be, builds nothing
#
# The binary is kept outside of the build folders, in ${ERGON_CACHE:-$HOME/.cache/ergon}, because a cold
# build takes minutes. Exit 77 (a skipped test for ctest) where no Go toolchain of at least 1.25 is found.
set -euo pipefail

readonly collector_version=0.158.0
readonly needed_go_minor=25
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${ERGON_CACHE:-${HOME:?}/.cache/ergon}
home=$cache/collector-$collector_version
binary=$home/otelcol

skip() {
  echo "collector: skipped: $1" >&2
  exit 77
}

find_go() {
  local version minor
  command -v go >/dev/null || skip "no Go toolchain (1.$needed_go_minor or newer is needed)"
  version=$(go env GOVERSION)  # go1.26.8
  minor=${version#go1.}
  minor=${minor%%[!0-9]*}
  [[ -n $minor && $minor -ge $needed_go_minor ]] ||
    skip "$version is too old (1.$needed_go_minor or newer is needed)"
}

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
  run_logged env GOBIN="$work/bin" go install "go.opentelemetry.io/collector/cmd/builder@v$collector_version"
  say "resolving modules and compiling, about 3 minutes when cold"
  cp "$here/builder.yaml" "$work/builder.yaml"
  (cd "$work" && run_logged env CGO_ENABLED=0 ./bin/builder --config=builder.yaml \
    --skip-strict-versioning=false --ldflags="-s -w")
  mv "$work/out/otelcol" "$binary"   # in one step, so that a stopped build leaves nothing half done
  say "built $("$binary" --version)"
}

run_logged() {
  if ! "$@" >>"$home/build.log" 2>&1; then
    tail -n 30 "$home/build.log" >&2
    echo "collector: failed: $* (log: $home/build.log)" >&2
    exit 1
  fi
}

if [[ ${1:-} == --path ]]; then
  echo "$binary"
  exit 0
fi
if [[ ! -x $binary ]]; then
  find_go
  build
fi
echo "$binary"
