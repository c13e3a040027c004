#!/usr/bin/env bash
# The set-up derives Debian's backports from the apt entry that the machine has: tested on samples of both
# forms that apt knows, each in a folder of its own.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/debian_backports.sh
source "$here/../../tools/debian_backports.sh"
samples=$(mktemp -d)
trap 'rm -rf "$samples"' EXIT
passed=0
failed=0

# sample NAME: an empty apt folder named apt; put FILE: writes standard input to a file in it.
sample() {
  name=$1
  apt=$samples/${name// /_}
  mkdir -p "$apt/sources.list.d"
}

put() {
  cat >"$apt/$1"
}

# expect FILE: ensure_backports must write exactly standard input to FILE.
expect() {
  local wanted=$apt/wanted file=$apt/sources.list.d/$1
  cat >"$wanted"
  if ! ensure_backports "$apt" bookworm >"$apt/said" 2>&1; then
    fail "it failed: $(cat "$apt/said")"
  elif ! diff -u "$wanted" "$file" >"$apt/diff" 2>&1; then
    fail "$(cat "$apt/diff")"
  elif ! has_suite "$apt" bookworm-backports; then
    fail "what was written is not found again"
  elif [[ $(ensure_backports "$apt" bookworm) != *"already"* ]]; then
    fail "a second call writes again"
  else
    pass
  fi
}

expect_untouched() {
  local before
  before=$(find "$apt" -type f | sort)
  if ensure_backports "$apt" bookworm >/dev/null 2>&1 && [[ $(find "$apt" -type f | sort) == "$before" ]]; then
    pass
  else
    fail "an entry was written beside the one that is there, or it failed"
  fi
}

expect_failure() {
  if ensure_backports "$apt" bookworm >/dev/null 2>"$apt/said"; then
    fail "it succeeded"
  elif ! grep -q 'no entry for Debian' "$apt/said"; then
    fail "it does not say why: $(cat "$apt/said")"
  else
    pass
  fi
}

pass() {
  passed=$((passed + 1))
  echo "ok: $name"
}

fail() {
  failed=$((failed + 1))
  printf 'FAILED: %s\n%s\n' "$name" "$1"
}

sample "deb822 with several suites and a security entry"
put sources.list.d/debian.sources <<'END'
Types: deb
# a comment inside a stanza
URIs: http://mirror.example.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.invalid/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
expect ergon-backports.sources <<'END'
Types: deb
URIs: http://mirror.example.invalid/debian
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
Suites: bookworm-backports
Components: main
END

sample "deb822 with folded fields, odd case and an inline key"
put sources.list.d/debian.sources <<'END'

types: deb deb-src
uris: https://one.example.invalid/debian/
  https://two.example.invalid/debian/
SUITES:
 bookworm
 bookworm-updates
Components: main contrib
X-Note: ours
Architectures: amd64
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 bm90IGEga2V5
 -----END PGP PUBLIC KEY BLOCK-----
END
expect ergon-backports.sources <<'END'
Types: deb
uris: https://one.example.invalid/debian/
  https://two.example.invalid/debian/
Architectures: amd64
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 bm90IGEga2V5
 -----END PGP PUBLIC KEY BLOCK-----
Suites: bookworm-backports
Components: main
END

sample "deb822 with a disabled entry before the one in use"
put sources.list.d/debian.sources <<'END'
Enabled: no
Types: deb
URIs: http://old.example.invalid/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main

Types: deb-src
URIs: http://source.example.invalid/debian
Suites: bookworm
Components: main

Enabled: yes
Types: deb
URIs: http://mirror.example.invalid/debian
Suites: bookworm
Components: main
END
expect ergon-backports.sources <<'END'
Types: deb
URIs: http://mirror.example.invalid/debian
Suites: bookworm-backports
Components: main
END

sample "one line, plain"
put sources.list <<'END'
# deb http://comment.example.invalid/debian bookworm main
deb-src http://source.example.invalid/debian bookworm main
deb http://mirror.example.invalid/debian bookworm main contrib   # the mirror
deb http://mirror.example.invalid/debian bookworm-updates main
deb http://security.example.invalid/debian-security bookworm-security main
END
expect ergon-backports.list <<'END'
deb http://mirror.example.invalid/debian bookworm-backports main
END

sample "one line with options, in sources.list.d"
put sources.list.d/base.list <<'END'
deb cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main
deb [ arch=amd64   signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] https://mirror.example.invalid/debian/ bookworm main
END
expect ergon-backports.list <<'END'
deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] https://mirror.example.invalid/debian/ bookworm-backports main
END

sample "another vendor's entry for the same code name"
put sources.list.d/a-vendor.list <<'END'
deb [signed-by=/usr/share/keyrings/vendor.gpg] https://vendor.example.invalid/apt bookworm main
END
put sources.list.d/debian.sources <<'END'
Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: bookworm bookworm-updates
Components: main
END
expect ergon-backports.sources <<'END'
Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: bookworm-backports
Components: main
END

sample "backports there already, deb822"
put sources.list.d/debian.sources <<'END'
Types: deb
URIs: http://mirror.example.invalid/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main
END
expect_untouched

sample "backports there already, one line"
put sources.list <<'END'
deb http://mirror.example.invalid/debian bookworm main
deb http://other.example.invalid/debian bookworm-backports main contrib
END
expect_untouched

sample "backports only commented out"
put sources.list <<'END'
deb http://mirror.example.invalid/debian bookworm main
#deb http://mirror.example.invalid/debian bookworm-backports main
END
expect ergon-backports.list <<'END'
deb http://mirror.example.invalid/debian bookworm-backports main
END

sample "files that apt does not read"
put sources.list.d/debian.sources.disabled <<'END'
Types: deb
URIs: http://mirror.example.invalid/debian
Suites: bookworm
Components: main
END
expect_failure

sample "no sources at all"
expect_failure

sample "another release"
put sources.list <<'END'
deb http://mirror.example.invalid/debian trixie main
END
expect_failure

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
