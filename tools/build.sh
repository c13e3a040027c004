#!/usr/bin/env bash
# Builds into build/release.
#   tools/build.sh [--with-tests] [TARGET...]
# Without --with-tests a folder that was configured with tests and benches keeps them, and a new one has none.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
source tools/steps.sh

# The value of a cached CMake variable of the release build, or nothing.
cached() {
  sed -n "s/^$1:[A-Z]*=//p" build/release/CMakeCache.txt 2>/dev/null || true
}

configure=()
if [[ ${1:-} == --with-tests ]]; then
  shift
  if [[ $(cached ERGON_BUILD_TESTS) != ON ]]; then configure=(-DERGON_BUILD_TESTS=ON -DERGON_BUILD_BENCH=ON); fi
elif [[ -z $(cached ERGON_BUILD_TESTS) ]]; then
  configure=(-DERGON_BUILD_TESTS=OFF -DERGON_BUILD_BENCH=OFF)
fi
if [[ ${#configure[@]} -gt 0 || ! -f build/release/build.ninja ]]; then
  step "configuring build/release" cmake --preset release "${configure[@]}"
fi
targets=()
for target in "$@"; do targets+=(--target "$target"); done
step "building build/release" cmake --build build/release "${targets[@]}"
