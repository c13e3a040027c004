#!/usr/bin/env bash
# What is too long for every change and is run before an issue is called resolved. All parts run; the exit
# status says whether all passed.
#   tools/soak.sh [NAME...]   only those, of: tests tidy collector fresh-machine
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
source tools/steps.sh

all=(tests tidy collector fresh-machine)

# Exit status 77 means skipped, with the reason printed.
may_skip() {
  local status=0
  "$@" || status=$?
  [[ $status -eq 0 || $status -eq 77 ]]
}

fresh_machine() {
  if ! command -v mmdebstrap >/dev/null && [[ $(id -u) -eq 0 ]]; then
    quietly build/logs/mmdebstrap.log env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --no-install-recommends mmdebstrap || return 1
  fi
  may_skip tests/package/fresh_machine.sh
}

run_part() {
  case $1 in
    tests)
      tools/build.sh --with-tests || return 1
      ctest --test-dir build/release --output-on-failure --label-regex '^soak$'
      ;;
    tidy)
      tools/build.sh --with-tests || return 1
      tools/tidy.sh --all
      ;;
    collector)
      may_skip tools/collector/build_collector.sh || return 1
      ctest --test-dir build/release --output-on-failure --label-regex '^collector$'
      ;;
    fresh-machine) fresh_machine ;;
    *) echo "no part named $1; there are: ${all[*]}" >&2 && return 2 ;;
  esac
}

[[ $# -gt 0 ]] || set -- "${all[@]}"
failed=()
for name in "$@"; do
  step "$name" run_part "$name" || failed+=("$name")
done
if [[ ${#failed[@]} -gt 0 ]]; then
  printf '\nsoak: FAILED in %d s: %s\n' "$SECONDS" "${failed[*]}"
  exit 1
fi
printf '\nsoak: all passed in %d s: %s\n' "$SECONDS" "$*"
