#!/usr/bin/env bash
# Prints the changed C++ files, one a line: what is not committed, and what the commits since the base
# changed. The base is $ERGON_CHECK_BASE, or where the branch left origin/main, or the commit before; a first
# commit changes everything.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

base() {
  local fork
  if [[ -n ${ERGON_CHECK_BASE:-} ]]; then
    git rev-parse --verify "$ERGON_CHECK_BASE^{commit}"
    return
  fi
  fork=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [[ -n $fork && $fork != "$(git rev-parse HEAD)" ]]; then
    echo "$fork"
  else
    git rev-parse --quiet --verify 'HEAD~1^{commit}' || git hash-object -t tree /dev/null
  fi
}

{
  git diff --name-only --diff-filter=d "$(base)" -- '*.cpp' '*.hpp'
  git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'
} | sort -u
