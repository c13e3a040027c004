#!/usr/bin/env bash
# What make check runs, a heading for each. All of them run; the exit status says whether all passed.
#   tools/check.sh [NAME...]   only those, of: format arrows budgets tidy off fuzz asan-ubsan tsan, and of what is too long
#                              for every change: asan-ubsan-whole tsan-whole
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/steps.sh
source tools/steps.sh

all=(format arrows budgets tidy off fuzz asan-ubsan tsan)
readonly tidy_seconds=${ERGON_TIDY_SECONDS:-600}   # enough for about 60 files; a change of more needs more

# configure PRESET [CMAKE OPTION...]
configure() {
  local log=build/logs/configure-$1.log
  cmake --preset "$1" -DERGON_BUILD_TESTS=ON "${@:2}" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    return 1
  }
}

# What make check has the sanitizers look at: where memory is handled by hand and what strangers send is parsed, and
# where threads share most. make soak has them look at everything.
readonly by_hand=(unit_base unit_buffer unit_record unit_export unit_ring_reader unit_connectors
  conformance_propagation fork_test lifecycle_test)
readonly threaded=(unit_buffer unit_worker unit_metrics unit_task lifecycle_test delivery_faults_grpc)

# The sanitizers run what is labelled sanitize, ThreadSanitizer nothing that is labelled no_tsan as well; the reason
# stands beside the label in the CMake file. The OTLP receiver is the release build's: it is never sanitized, so it
# need not be compiled again for each of them.
#   sanitized_tests PRESET [TEST...]
sanitized_tests() {
  local preset=$1 names
  shift
  names=$(IFS='|'; echo "$*")
  tools/build.sh --with-tests otlp_receiver &&
    configure "$preset" -DERGON_OTLP_RECEIVER="$PWD/build/release/tests/receiver/otlp_receiver" &&
    cmake --build "build/$preset" ${1:+--target "$@"} &&
    tools/test.sh "$preset" --label-regex '^sanitize$' --label-exclude "^(soak|no_$preset)\$" ${names:+--tests-regex "^($names)\$"}
}

run_check() {
  case $1 in
    format) tools/format.sh ;;
    arrows) python3 tools/check_arrows.py ;;
    budgets) python3 tools/check_budgets.py ;;
    tidy)
      [[ -f build/release/compile_commands.json ]] || cmake --preset release -DERGON_BUILD_TESTS=ON >/dev/null
      tools/tidy.sh --changed "$tidy_seconds"
      ;;
    off) configure off && cmake --build build/off && tools/test.sh off --label-exclude '^(soak|package)$' ;;
    fuzz) tools/fuzz.sh 15 ;;
    asan-ubsan) sanitized_tests asan-ubsan "${by_hand[@]}" ;;
    asan-ubsan-whole) sanitized_tests asan-ubsan ;;
    tsan) sanitized_tests tsan "${threaded[@]}" ;;
    tsan-whole) sanitized_tests tsan ;;
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
