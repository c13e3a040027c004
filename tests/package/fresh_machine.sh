#!/usr/bin/env bash
# Runs the README's two commands on a fresh machine: a minimal Debian root (git, make, ca-certificates)
# made by mmdebstrap from this machine's own apt entry, with a clone of this repository in it.
#
#   tests/package/fresh_machine.sh [--debian bookworm|trixie] [--only run|test|setup] [--worktree] [--keep]
#
#   --only      run or test: that command alone; setup: the two package installations without a build
#   --worktree  copies the files of the working tree instead of cloning HEAD
#   --keep      leaves the root in place and prints where it is
#
# Needs root, mmdebstrap and the network. Exit 77 (a skipped test) where root or mmdebstrap is absent.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/steps.sh
source "$repository/tools/steps.sh"
# shellcheck source=tools/debian_backports.sh
source "$repository/tools/debian_backports.sh"

debian=bookworm
only=all
worktree=no
keep=no
inside=/root/ergon   # where the clone lies in the fresh machine

usage() {
  sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

skip() {
  echo "fresh machine: skipped: $1"
  exit 77
}

read_arguments() {
  while [[ $# -gt 0 ]]; do
    case $1 in
      --debian) debian=${2:-} && shift ;;
      --only) only=${2:-} && shift ;;
      --worktree) worktree=yes ;;
      --keep) keep=yes ;;
      *) usage ;;
    esac
    shift
  done
  [[ $debian =~ ^(bookworm|trixie)$ && $only =~ ^(all|run|test|setup)$ ]] || usage
}

clean_up() {
  if [[ $keep == yes ]]; then
    echo "kept: $machine"
  else
    rm -rf --one-file-system "$machine"
  fi
}

# This machine's apt entry for a suite of its own Debian, with the suite of the wanted one in its place.
give_entry() {
  local entry
  entry=$(debian_entry /etc/apt "$1" "$2") || {
    echo "no apt entry for Debian's $1 on this machine" >&2
    return 1
  }
  sources+=("$machine/$2.${entry%%$'\n'*}")
  printf '%s\n' "${entry#*$'\n'}" >"${sources[-1]}"
}

make_root() {
  local host_codename
  local -a sources=()
  # shellcheck source=/dev/null
  host_codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  give_entry "$host_codename" "$debian" || return 1
  give_entry "$host_codename-security" "$debian-security" || return 1
  quietly "$logs/fresh-root.log" mmdebstrap --variant=minbase --include=git,make,ca-certificates \
    "$debian" "$machine/root" "${sources[@]}"
}

# The network's settings of this machine: names, and apt's proxy and date settings.
give_network() {
  local root=$machine/root
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  apt-config dump | grep -iE '^Acquire::(https?::|Check-|Retries|ForceIPv)' >"$root/etc/apt/apt.conf.d/99host" || true
  if [[ -f /etc/apt/auth.conf ]]; then cp -p /etc/apt/auth.conf "$root/etc/apt/"; fi
}

copy_sources() {
  local to=$machine/root$inside
  if [[ $worktree == no ]]; then
    git clone --quiet --no-hardlinks "$repository" "$to"
    git -C "$to" log -1 --format='commit %h %s'
    return
  fi
  mkdir -p "$to"
  git -C "$repository" ls-files -z --cached --others --exclude-standard |
    (cd "$repository" && xargs -0 ls -d 2>/dev/null | tar -c -T -) | tar -x -C "$to"
  echo "the working tree of $(git -C "$repository" rev-parse --short HEAD 2>/dev/null || echo 'no commit')"
}

# Runs a command in the fresh machine. Mounts live in a mount namespace of their own, so they end with it.
in_machine() {
  # shellcheck disable=SC2016   # expanded by the inner shell
  unshare --mount --pid --fork --kill-child bash -c '
    root=$1 folder=$2
    shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
      bash -c "cd \"\$1\" && shift && exec \"\$@\"" in_machine "$folder" "$@"
  ' in_machine "$machine/root" "$inside" "$@" </dev/null
}

# Those that were asked for by name, not those that came as a dependency of another.
requested_packages() {
  chroot "$machine/root" apt-mark showmanual | sort -u
}

names_in() {
  sed -E '/^(#|$)/d; s/ .*//' "$repository/tools/packages/$1.txt" | sort -u
}

# What only tests need must not have come with `make run`.
check_run_packages() {
  local unwanted
  unwanted=$(comm -13 "$machine/before" <(requested_packages) |
    comm -12 - <(comm -13 <(names_in run) <(names_in test)))
  if [[ -n $unwanted ]]; then
    echo "installed by make run, but only tests need them:" >&2
    echo "$unwanted" >&2
    return 1
  fi
  echo "no package that only tests need was installed"
}

# check_second TARGET: make TARGET once more must find everything in place: no apt, and nothing to compile.
check_second() {
  local log=$machine/second-$1
  in_machine make "$1" >"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
  if grep -E '^== apt|Building CXX' "$log" >"$log.again"; then
    echo "the second make $1 installed or compiled again:" >&2
    head "$log.again" >&2
    return 1
  fi
}

read_arguments "$@"
[[ $(id -u) -eq 0 ]] || skip "not root"
command -v mmdebstrap >/dev/null || skip "no mmdebstrap (apt-get install mmdebstrap)"
logs=$repository/build/logs
mkdir -p "$repository/build/fresh"
machine=$(mktemp -d "$repository/build/fresh/$debian.XXXXXX")
chmod 755 "$machine"   # apt's own user has to reach the root
trap clean_up EXIT

step "making a minimal Debian ($debian)" make_root
give_network
step "sources" copy_sources
requested_packages >"$machine/before"

if [[ $only == setup ]]; then
  step "setup run" in_machine tools/setup.sh run
  check_run_packages
  step "setup test" in_machine tools/setup.sh test
  step "setup test, again" in_machine tools/setup.sh test
fi
if [[ $only == all || $only == run ]]; then
  step "make run" in_machine make run
  check_run_packages
  step "make run, again" check_second run
fi
if [[ $only == all || $only == test ]]; then
  step "make test" in_machine make test
  step "make test, again" check_second test
fi
echo "fresh machine ($debian): passed in $SECONDS s"
