#!/usr/bin/env python3
"""The libraries export names of ergon::v0 alone, and of those what public headers have.

Usage: exported_symbols_test.py INCLUDE LIBERGON_TELEMETRY LIBERGON
"""

import re
import subprocess
import sys
from pathlib import Path

# What libergon uses of the inside of libergon_telemetry, whose state is compiled once: namespaces, and functions.
INSIDE_OF_TELEMETRY = ("ergon::v0::base::", "ergon::v0::config::", "ergon::v0::telemetry::check_files",
                       "ergon::v0::telemetry::files_without_pid")
# Descriptions of types are compiled where they are used, and known by their address.
DESCRIPTIONS = ("ergon::v0::config::type_of", "ergon::v0::config::described")
# Before a name of namespaces: function, constant function, vtable, typeinfo, its name, thunks, a local of a function.
BEGINNING = re.compile(r"_Z(?:T[VIST]|T[hv]n?\d+_(?:n\d+_)?|Z)?NK?(?=\d)")
LENGTH = re.compile(r"\d+")


def exported(library):
    done = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", library], capture_output=True,
                          text=True, check=True)
    return [line.split()[0] for line in done.stdout.splitlines()]


def name_of(symbol):
    """Its namespaces, class and function, up to template arguments; nothing for what has no namespace."""
    beginning = BEGINNING.match(symbol)
    if beginning is None:
        return ""
    parts, at = [], beginning.end()
    while length := LENGTH.match(symbol, at):
        end = length.end() + int(length.group())
        parts.append(symbol[length.end():end])
        at = end
    return "::".join(parts)


def complaint(symbol, inside, words):
    name = name_of(symbol)
    if not name.startswith("ergon::v0::"):
        return "not of ergon::v0"
    if name.startswith((*inside, *DESCRIPTIONS)):
        return None
    if name.rsplit("::", 1)[1] not in words:
        return "in no public header"
    return None


def check(library, inside, words):
    symbols = exported(library)
    bad = [(text, symbol) for symbol in symbols if (text := complaint(symbol, inside, words))]
    print(f"{Path(library).name}: {len(symbols)} symbols, {len(bad)} of them should not be there")
    for text, symbol in bad:
        demangled = subprocess.run(["c++filt", symbol], capture_output=True, text=True, check=True).stdout.strip()
        print(f"  {text}: {demangled}")
    return len(symbols) > 20 and not bad


def main():
    include, telemetry, ergon = sys.argv[1:]
    words = set()
    for header in Path(include).rglob("*.hpp"):
        words.update(re.findall(r"\w+", header.read_text(encoding="utf-8")))
    results = [check(telemetry, INSIDE_OF_TELEMETRY, words), check(ergon, (), words)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
