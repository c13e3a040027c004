#!/usr/bin/env bash
# Finds the machine's own apt entry for Debian and derives an entry for another suite from it: same URI,
# same key, same options. Sourced by setup.sh; no host name is written here.

_debian_entries_awk=$(dirname "${BASH_SOURCE[0]}")/debian_entries.awk

# debian_entry APT_FOLDER CODENAME SUITES: prints Debian's entry for CODENAME with its suites replaced by
# SUITES (one word for a one-line entry), in the form it was found in. The first line of the output is
# that form: "sources" (deb822) or "list". Prints nothing and returns 1 where there is no such entry.
debian_entry() {
  local folder=$1 codename=$2 suites=$3
  _apt_entries "$folder" find "$codename" "$suites"
}

# has_suite APT_FOLDER SUITE: true if an enabled binary entry with the component main names SUITE.
has_suite() {
  local folder=$1 suite=$2
  _apt_entries "$folder" has "$suite" ""
}

# backports_file APT_FOLDER CODENAME: prints the file that an entry for CODENAME-backports belongs into, and below
# it the entry. Says why and returns 1 where there is none to derive it from.
backports_file() {
  local folder=$1 codename=$2 entry
  entry=$(debian_entry "$folder" "$codename" "$codename-backports") || {
    echo "no entry for Debian's $codename main in $folder to derive $codename-backports from" >&2
    return 1
  }
  echo "$folder/sources.list.d/ergon-backports.${entry%%$'\n'*}"
  printf '%s\n' "${entry#*$'\n'}"
}

# ensure_backports APT_FOLDER CODENAME [COMMAND...]: writes an entry for CODENAME-backports unless there
# is one. COMMAND (sudo) goes before each command that writes. Says in one line what it did.
ensure_backports() {
  local folder=$1 codename=$2 told file
  shift 2
  if has_suite "$folder" "$codename-backports"; then
    echo "$codename-backports is among the apt sources already"
    return 0
  fi
  told=$(backports_file "$folder" "$codename") || return 1
  file=${told%%$'\n'*}
  "$@" mkdir -p "$folder/sources.list.d"
  printf '%s\n' "${told#*$'\n'}" | "$@" tee "$file" >/dev/null
  "$@" chmod 644 "$file"
  echo "wrote $file"
}

_apt_entries() {
  local folder=$1 file files=()
  for file in "$folder"/sources.list "$folder"/sources.list.d/*.list "$folder"/sources.list.d/*.sources; do
    if [[ -f $file && -r $file ]]; then files+=("$file"); fi
  done
  [[ ${#files[@]} -gt 0 ]] || return 1
  awk -v mode="$2" -v wanted="$3" -v suites="$4" -f "$_debian_entries_awk" "${files[@]}"
}
