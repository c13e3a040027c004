#!/usr/bin/env bash
# Checks the form of all C++ files, or with --write puts them into it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
options=(--dry-run -Werror)
if [[ ${1:-} == --write ]]; then options=(-i); fi
git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.hpp' |
  while IFS= read -r -d '' file; do
    if [[ -f $file ]]; then printf '%s\0' "$file"; fi   # not those deleted but not committed
  done |
  xargs -0 --no-run-if-empty -n 40 -P 2 clang-format-19 "${options[@]}"
