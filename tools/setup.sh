#!/usr/bin/env bash
# Installs with apt what is needed on Debian 12 or 13, and nothing where all is there already.
#   tools/setup.sh run    what building and running the product needs
#   tools/setup.sh test   that, and what the tests and checks need
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=tools/debian_backports.sh
source "$here/debian_backports.sh"
# shellcheck source=tools/steps.sh
source "$here/steps.sh"

usage() {
  echo "usage: tools/setup.sh run|test" >&2
  exit 2
}

# Fills wanted (names), from_backports[name], at_least[name] and if_installed[name].
read_lists() {
  local list name word words
  for list in "$@"; do
    while read -r name words; do
      [[ -n $name && $name != \#* ]] || continue
      wanted+=("$name")
      for word in $words; do
        case $word in
          backports) from_backports[$name]=yes ;;
          if-installed) if_installed[$name]=yes ;;
          '>='*) at_least[$name]=${word#>=} ;;
          *) echo "$list: unknown word '$word' after $name" >&2 && exit 2 ;;
        esac
      done
    done <"$here/packages/$list.txt"
  done
}

# Fills missing with the wanted packages that are absent or too old.
find_missing() {
  local status name version
  # shellcheck disable=SC2016   # dpkg-query's own variables
  local format='${db:Status-Status} ${Package} ${Version}\n'
  declare -A installed=()
  while read -r status name version; do
    if [[ $status == installed ]]; then installed[$name]=$version; fi
  done < <(dpkg-query -W -f "$format" "${wanted[@]}" 2>/dev/null)
  missing=()
  for name in "${wanted[@]}"; do
    version=${installed[$name]:-}
    if [[ -z $version ]]; then
      if [[ -z ${if_installed[$name]:-} ]]; then missing+=("$name"); fi
    elif [[ -n ${at_least[$name]:-} ]] && dpkg --compare-versions "$version" lt "${at_least[$name]}"; then
      missing+=("$name")
    fi
  done
}

# Debian 12 has a part of the list in its backports only.
choose_targets() {
  local name
  targets=()
  needs_backports=no
  for name in "${missing[@]}"; do
    if [[ $codename == bookworm && ${from_backports[$name]:-} == yes ]]; then
      needs_backports=yes
      name=$name/bookworm-backports
    fi
    targets+=("$name")
  done
}

tell_what_to_install() {
  local told
  echo "These packages are missing, and installing them needs root or sudo ($1):" >&2
  printf '  %s\n' "${missing[@]}" >&2
  if [[ $needs_backports == yes ]] && ! has_suite /etc/apt bookworm-backports; then
    told=$(backports_file /etc/apt bookworm) || exit 1
    echo "First write this to ${told%%$'\n'*}:" >&2
    printf '%s\n' "${told#*$'\n'}" | sed 's/^/  /' >&2
  fi
  echo "Then, as root:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends ${targets[*]}" >&2
  exit 1
}

find_privilege() {
  as_root=()
  [[ $(id -u) -ne 0 ]] || return 0
  command -v sudo >/dev/null || tell_what_to_install "this is neither"
  if ! sudo -n true 2>/dev/null; then
    [[ -t 0 ]] || tell_what_to_install "sudo wants a password and there is no terminal"
    sudo -v || tell_what_to_install "sudo refused"
  fi
  as_root=(sudo)
}

apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

[[ $# -eq 1 ]] || usage
declare -A from_backports=() at_least=() if_installed=()
wanted=()
case $1 in
  run) read_lists run ;;
  test) read_lists run test ;;
  *) usage ;;
esac
if ! command -v dpkg-query >/dev/null; then
  echo "setup: this is not a Debian system; the packages to find elsewhere: ${wanted[*]}" >&2
  exit 1
fi

find_missing
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: all ${#wanted[@]} packages are there"
  exit 0
fi

# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
choose_targets
find_privilege
echo "setup: ${#missing[@]} of ${#wanted[@]} packages to install: ${missing[*]}"
if [[ $needs_backports == yes ]]; then
  echo "setup: $(ensure_backports /etc/apt bookworm "${as_root[@]}")"
fi
logs=$root/build/logs
step "apt: reading the package lists" quietly "$logs/setup-update.log" apt_get update
step "apt: downloading and installing" quietly "$logs/setup.log" \
  apt_get install --yes --no-remove --no-install-recommends "${targets[@]}"

find_missing
if [[ ${#missing[@]} -gt 0 ]]; then
  echo "setup: apt succeeded, but these are still absent or too old: ${missing[*]}" >&2
  exit 1
fi
