#!/usr/bin/env bash
# Runs clang-tidy over C++ files of build/release, two at a time.
#   tools/tidy.sh --all                 the whole tree
#   tools/tidy.sh --changed [SECONDS]   the changed files; fails if they are not all reached in so long
# A changed header is checked through one source file that includes it, be it by way of other headers.
# A file that had no findings is not checked again until something that it is made of has changed (tidy_key.py).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly build=build/release

# The source files that the build knows, relative to the repository.
known_sources() {
  sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" | sed "s#^$PWD/##" |
    grep -v '^/' | grep -v "^$build/" | sort -u
}

# The files that include a header: by its path from the folder that includes start at, or from beside it.
includers() {
  local name=${1#*/} beside=${1##*/}
  grep -rlE "#include [<\"]${name//./\\.}[>\"]" include src tests examples bench --include='*.[ch]pp' || true
  grep -lE "#include \"${beside//./\\.}\"" "${1%/*}"/*.[ch]pp 2>/dev/null || true
}

# The known source file that stands for a file: itself, or the first that includes it by the shortest way.
stand_in() {
  local -a level=("$1")
  local -A seen=()
  local file found
  while [[ ${#level[@]} -gt 0 ]]; do
    found=$(printf '%s\n' "${level[@]}" | sort -u | comm -12 - "$lists/known" | sed -n 1p)
    if [[ -n $found ]]; then
      echo "$found"
      return
    fi
    mapfile -t level < <(for file in "${level[@]}"; do if [[ $file == *.hpp ]]; then includers "$file"; fi; done | sort -u)
    for file in "${!level[@]}"; do
      if [[ -n ${seen[${level[file]}]:-} ]]; then unset "level[file]"; else seen[${level[file]}]=1; fi
    done
  done
  echo "tidy: $1 is in no file of $build" >&2
}

# For each file of standard input, the known source file that stands for it.
stand_ins() {
  local file
  while read -r file; do stand_in "$file"; done
}

# Checks one file unless the time is over; leaves its name in the folder of those done, or of those bad.
check_one() {
  local file=$1 mark=${1//\//%} key
  [[ $(date +%s) -lt $until ]] || return 0
  key=$(python3 tools/tidy_key.py "$build" "$file") || key=
  if [[ -n $key && -e $clean/$key ]]; then
    touch "$clean/$key" "$lists/done/$mark" "$lists/kept/$mark"
  elif clang-tidy-22 --quiet -p "$build" "$file" >"$lists/out.$mark" 2>/dev/null; then
    touch "$lists/done/$mark"
    if [[ -n $key ]]; then touch "$clean/$key"; fi
  else
    touch "$lists/done/$mark" "$lists/bad/$mark"
    { grep -vE '^$' "$lists/out.$mark" || echo "$file: clang-tidy failed without a message"; } | head -n 60
  fi
}

[[ -f $build/compile_commands.json ]] || { echo "no $build/compile_commands.json: run make test first" >&2; exit 1; }
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
mkdir "$lists/done" "$lists/bad" "$lists/kept"
readonly clean=${XDG_CACHE_HOME:-$HOME/.cache}/ergon/tidy
mkdir -p "$clean"
find "$clean" -type f -mtime +30 -delete
known_sources >"$lists/known"
until=$(($(date +%s) + 86400))
case ${1:-} in
  --all) cp "$lists/known" "$lists/files" ;;
  --changed)
    until=$(($(date +%s) + ${2:-600}))
    tools/changed_files.sh | stand_ins | sort -u >"$lists/files"
    ;;
  *) echo "usage: tools/tidy.sh --all|--changed [SECONDS]" >&2 && exit 2 ;;
esac

export -f check_one
export build until lists clean
# shellcheck disable=SC2016   # expanded by the inner shell
xargs -r -d '\n' -n 1 -P 2 bash -c 'check_one "$1"' check_one <"$lists/files"
total=$(wc -l <"$lists/files")
reached=$(find "$lists/done" -type f | wc -l)
bad=$(find "$lists/bad" -type f | wc -l)
kept=$(find "$lists/kept" -type f | wc -l)
echo "tidy: $reached of $total files checked ($kept of them unchanged since an earlier check), $bad with findings"
if [[ $reached -lt $total ]]; then
  echo "FAILED: not reached in time (ERGON_TIDY_SECONDS=… make check, or tools/tidy.sh --changed SECONDS, gives more):"
  find "$lists/done" -type f -printf '%f\n' | tr % / | sort | comm -23 "$lists/files" - | sed 's/^/  /'
fi
[[ $bad -eq 0 && $reached -eq $total ]]
