#!/usr/bin/env bash
# What is too long for every change and is run before an issue is called resolved. All parts run; the exit
# status says whether none failed. A part that cannot run here says why and is named as skipped.
#   tools/soak.sh [NAME...]   only those, of: tests tidy clang fuzz asan tsan collector fresh-machine
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
source tools/steps.sh

all=(tests tidy clang fuzz asan tsan collector fresh-machine)

# The tests of a label, of which there must be some.
labelled_tests() {
  ctest --test-dir build/release --output-on-failure --no-tests=error --label-regex "^$1\$"
}

# Both commands on Debian 12, and on Debian 13 whether its packages suffice.
fresh_machine() {
  if ! command -v mmdebstrap >/dev/null && [[ $(id -u) -eq 0 ]]; then
    quietly build/logs/mmdebstrap.log env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --no-install-recommends mmdebstrap || return 1
  fi
  tests/package/fresh_machine.sh --debian bookworm &&
    tests/package/fresh_machine.sh --debian trixie --only run
}

run_part() {
  case $1 in
    tests)
      tools/build.sh --with-tests || return 1
      labelled_tests soak
      ;;
    tidy)
      tools/build.sh --with-tests || return 1
      tools/tidy.sh --all
      ;;
    clang)
      tools/build.sh --with-tests || return 1
      python3 tools/clang_syntax.py
      ;;
    fuzz) tools/fuzz.sh 600 ;;
    asan) tools/check.sh asan-ubsan-whole ;;
    tsan) tools/check.sh tsan-whole ;;
    collector)
      tools/collector/build_collector.sh || return
      tools/build.sh --with-tests || return 1
      labelled_tests collector
      ;;
    fresh-machine) fresh_machine ;;
    *) echo "no part named $1; there are: ${all[*]}" >&2 && return 2 ;;
  esac
}

[[ $# -gt 0 ]] || set -- "${all[@]}"
passed=()
skipped=()
failed=()
for name in "$@"; do
  status=0
  step "$name" run_part "$name" || status=$?
  case $status in
    0) passed+=("$name") ;;
    77) skipped+=("$name") ;;
    *) failed+=("$name") ;;
  esac
done
result="passed: ${passed[*]:-none}"
if [[ ${#skipped[@]} -gt 0 ]]; then result+="; skipped: ${skipped[*]}"; fi
if [[ ${#failed[@]} -gt 0 ]]; then result+="; FAILED: ${failed[*]}"; fi
printf '\nsoak: %d s; %s\n' "$SECONDS" "$result"
[[ ${#failed[@]} -eq 0 ]]
