#!/usr/bin/env bash
# What make check runs, a heading for each. All of them run; the exit status says whether all passed.
#   tools/check.sh [NAME...]   only those, of: format arrows budgets tidy off asan-ubsan tsan
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
source tools/steps.sh

all=(format arrows budgets tidy off asan-ubsan tsan)
readonly tidy_seconds=300

build_and_test() {
  local preset=$1
  shift
  cmake --preset "$preset" -DERGON_BUILD_TESTS=ON >"build/logs/configure-$preset.log" 2>&1 || {
    tail -n 30 "build/logs/configure-$preset.log" >&2
    return 1
  }
  cmake --build "build/$preset" || return 1
  tools/test.sh "$preset" "$@"
}

# The sanitizers run what is labelled sanitize. What cannot run under one of them is labelled no_asan or no_tsan
# as well; the reason stands beside the label in the CMake file.
run_check() {
  case $1 in
    format) tools/format.sh ;;
    arrows) python3 tools/check_arrows.py ;;
    budgets) python3 tools/check_budgets.py ;;
    tidy)
      [[ -f build/release/compile_commands.json ]] || cmake --preset release -DERGON_BUILD_TESTS=ON >/dev/null
      tools/tidy.sh --changed "$tidy_seconds"
      ;;
    off) build_and_test off --label-exclude '^(soak|package)$' ;;
    asan-ubsan) build_and_test asan-ubsan --label-regex '^sanitize$' --label-exclude '^(soak|no_asan)$' ;;
    tsan) build_and_test tsan --label-regex '^sanitize$' --label-exclude '^(soak|no_tsan)$' ;;
    *) echo "no check named $1; there are: ${all[*]}" >&2 && return 2 ;;
  esac
}

mkdir -p build/logs
[[ $# -gt 0 ]] || set -- "${all[@]}"
failed=()
for name in "$@"; do
  step "$name" run_check "$name" || failed+=("$name")
done
if [[ ${#failed[@]} -gt 0 ]]; then
  printf '\ncheck: FAILED in %d s: %s\n' "$SECONDS" "${failed[*]}"
  exit 1
fi
printf '\ncheck: all passed in %d s: %s\n' "$SECONDS" "$*"
