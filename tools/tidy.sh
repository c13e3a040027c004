#!/usr/bin/env bash
# Runs clang-tidy over C++ files of build/release, two at a time.
#   tools/tidy.sh --all                 the whole tree
#   tools/tidy.sh --changed [SECONDS]   the changed files, at most so long; says which were not reached
# A changed header is checked through one source file that includes it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly build=build/release

# The source files that the build knows, relative to the repository.
known_sources() {
  sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" | sed "s#^$PWD/##" |
    grep -v '^/' | grep -v "^$build/" | sort -u
}

# For each file of standard input, the known source file that stands for it.
stand_ins() {
  local file name
  while read -r file; do
    case $file in
      *.cpp) echo "$file" ;;
      *)
        name=${file#include/}
        name=${name#src/}
        name=${name#tests/}
        grep -lE "#include [<\"]${name//./\\.}[>\"]" -r src tests examples bench --include='*.cpp' 2>/dev/null |
          sort | comm -12 - "$lists/known" | sed -n 1p
        ;;
    esac
  done
}

# Checks one file unless the time is over; leaves its name in the folder of those done, or of those bad.
check_one() {
  local file=$1 mark=${1//\//%}
  [[ $(date +%s) -lt $until ]] || return 0
  if clang-tidy-19 --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option "$file" >"$lists/out.$mark" 2>/dev/null; then
    touch "$lists/done/$mark"
  else
    touch "$lists/done/$mark" "$lists/bad/$mark"
    { grep -vE '^$' "$lists/out.$mark" || echo "$file: clang-tidy failed without a message"; } | head -n 60
  fi
}

[[ -f $build/compile_commands.json ]] || { echo "no $build/compile_commands.json: run make test first" >&2; exit 1; }
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
mkdir "$lists/done" "$lists/bad"
known_sources >"$lists/known"
until=$(($(date +%s) + 86400))
case ${1:-} in
  --all) cp "$lists/known" "$lists/files" ;;
  --changed)
    until=$(($(date +%s) + ${2:-600}))
    tools/changed_files.sh | stand_ins | sort -u | comm -12 - "$lists/known" >"$lists/files"
    ;;
  *) echo "usage: tools/tidy.sh --all|--changed [SECONDS]" >&2 && exit 2 ;;
esac

export -f check_one
export build until lists
# shellcheck disable=SC2016   # expanded by the inner shell
xargs -r -d '\n' -n 1 -P 2 bash -c 'check_one "$1"' check_one <"$lists/files"
total=$(wc -l <"$lists/files")
reached=$(find "$lists/done" -type f | wc -l)
bad=$(find "$lists/bad" -type f | wc -l)
echo "tidy: $reached of $total files checked, $bad with findings"
if [[ $reached -lt $total ]]; then
  echo "not reached in time (make soak checks the whole tree):"
  find "$lists/done" -type f -printf '%f\n' | tr % / | sort | comm -23 "$lists/files" - | sed 's/^/  /'
fi
[[ $bad -eq 0 ]]
