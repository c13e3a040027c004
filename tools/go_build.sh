#!/usr/bin/env bash
# What the scripts that build a backend for tests from its Go modules have in common. Sourced by them.
#
# Binaries are kept outside of the build folders, in ${ERGON_CACHE:-$HOME/.cache/ergon}, because a cold build
# takes minutes.
readonly needed_go_minor=25
cache=${ERGON_CACHE:-${HOME:?}/.cache/ergon}

# skip WHAT WHY: ends with 77, a skipped test for ctest.
skip() {
  echo "$1: skipped: $2" >&2
  exit 77
}

# find_go WHAT: ends as `skip` does where there is no Go toolchain that is new enough.
find_go() {
  local version minor
  command -v go >/dev/null || skip "$1" "no Go toolchain (1.$needed_go_minor or newer is needed)"
  version=$(go env GOVERSION)  # go1.26.8
  minor=${version#go1.}
  minor=${minor%%[!0-9]*}
  [[ -n $minor && $minor -ge $needed_go_minor ]] ||
    skip "$1" "$version is too old (1.$needed_go_minor or newer is needed)"
}

# run_logged LOG COMMAND...: shows the log's end where the command fails.
run_logged() {
  local log=$1
  shift
  "$@" >>"$log" 2>&1 && return
  tail -n 30 "$log" >&2
  echo "failed: $* (log: $log)" >&2
  exit 1
}
