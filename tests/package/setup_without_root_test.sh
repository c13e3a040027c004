#!/usr/bin/env bash
# Without root and sudo, setup.sh says what to do: tested on a copy of it that looks at an /etc of its own, with
# a PATH that has no sudo, a user who is not root and no package installed.
set -euo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools" && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
said=$home/said
failed=0

make_machine() {
  local name
  mkdir -p "$home/etc/apt/sources.list.d" "$home/bin"
  cp -r "$tools" "$home/tools"
  sed -i "s# /etc/# $home/etc/#g" "$home/tools/setup.sh"
  echo "VERSION_CODENAME=bookworm" >"$home/etc/os-release"
  for name in awk bash cat dirname sed; do ln -s "$(command -v "$name")" "$home/bin/$name"; done
  printf '#!/bin/sh\necho 1000\n' >"$home/bin/id"
  printf '#!/bin/sh\nexit 1\n' >"$home/bin/dpkg-query"
  chmod +x "$home/bin/id" "$home/bin/dpkg-query"
}

debian_sources() {
  cat >"$home/etc/apt/sources.list.d/debian.sources" <<END
Types: deb
URIs: http://mirror.example.invalid/debian
Suites: $1
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
}

set_up() {
  if PATH=$home/bin bash "$home/tools/setup.sh" run >"$said" 2>&1; then fail "it succeeds"; fi
}

# expect_said NAME: what it said has the lines of standard input, one after the other.
expect_said() {
  local wanted
  wanted=$(cat)
  if [[ $(cat "$said") == *"$wanted"* ]]; then echo "ok: $1"; else fail "$1: it said"; fi
}

fail() {
  failed=1
  echo "FAILED: $1"
  cat "$said"
}

make_machine
debian_sources "bookworm bookworm-updates"
set_up
expect_said "the entry to add and its file" <<END
First write this to $home/etc/apt/sources.list.d/ergon-backports.sources:
  Types: deb
  URIs: http://mirror.example.invalid/debian
  Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
  Suites: bookworm-backports
  Components: main
Then, as root:
  apt-get update && apt-get install --no-install-recommends ca-certificates
END
expect_said "where the newer libcurl comes from" <<<"libcurl4-openssl-dev/bookworm-backports"
[[ ! -e $home/etc/apt/sources.list.d/ergon-backports.sources ]] || fail "it wrote the entry"

debian_sources "bookworm bookworm-backports"
set_up
if grep -q 'First write' "$said"; then fail "it asks for an entry that is there"; else echo "ok: nothing to add"; fi

exit "$failed"
