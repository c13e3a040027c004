#!/usr/bin/env bash
# Runs the tests of build/PRESET, two at a time, but for those labelled soak.
#   tools/test.sh [PRESET [CTEST OPTION...]]     PRESET: release unless given; options: which tests
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
[[ $# -gt 1 ]] || set -- "$preset" --label-exclude '^soak$'
status=0
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel 2 "${@:2}" || status=$?
# GoogleTest gives the reason on the line after its "FILE:LINE: Skipped"; ctest keeps it to itself.
sed -n '/: Skipped$/ { n; s/^/skipped: /p }' "build/$preset/Testing/Temporary/LastTest.log"
exit "$status"
