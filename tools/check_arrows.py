#!/usr/bin/env python3
"""Checks who may include whom, and that each folder of src/ introduces itself.

Usage: tools/check_arrows.py [ROOT]. One line per violation; exit status 1 if there is any.
"""

import re
import sys
from pathlib import Path

# A room is a folder; a file belongs to the room with the longest matching path. The arrows of a room are
# the rooms and files (repository paths without a file name's ending, or folders) that its files may include,
# besides its own room. What is not a room of ours (standard library, packages) is another matter: see below.
PUBLIC_TELEMETRY = ["include/ergon/telemetry", "include/ergon/extend", "include/ergon/telemetry.hpp"]
PUBLIC_CONFIG = ["include/ergon/config"]
PUBLIC_TASK = ["include/ergon/task", "include/ergon/testing", "include/ergon/connectors", "include/ergon/ergon.hpp"]
RECORDING = "include/ergon/testing/recording.hpp"  # what tests read back; the engine fills it
SPAN_TREE = "include/ergon/testing/span_tree.hpp"  # and shows it
IN_MEMORY = "include/ergon/testing/in_memory_store.hpp"  # the same of the in-memory exporter
ENGINE = ["src/telemetry/record", "src/telemetry/buffer", "src/telemetry/metrics", "src/telemetry/logging"]

ARROWS = {
    "src/base": ["include/ergon/telemetry/visibility.hpp"],
    "src/config": ["src/base", *PUBLIC_CONFIG],
    "src/telemetry/buffer": ["src/base", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/record": ["src/base", "src/telemetry/buffer", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/propagation": ["src/base", "src/telemetry/record", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/sampling": ["src/base", "src/config", "src/telemetry/record", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/resource": ["src/base", "src/config", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/metrics": ["src/base", "src/telemetry/record", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/logging": ["src/base", "src/telemetry/record", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/worker": ["src/base", *ENGINE, *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "src/telemetry/export": ["src/base", *ENGINE, "src/telemetry/worker", RECORDING, *PUBLIC_TELEMETRY,
                             *PUBLIC_CONFIG],
    "src/telemetry/session": ["src/base", "src/config", "src/telemetry", RECORDING, SPAN_TREE, IN_MEMORY, *PUBLIC_TELEMETRY,
                              *PUBLIC_CONFIG],
    # The runner starts telemetry in each worker process; that is the one thing it knows of the engine.
    "src/task": ["src/base", "src/config", "src/telemetry/session", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG, *PUBLIC_TASK],
    "src/connectors": ["src/base", "src/config", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG, *PUBLIC_TASK],
    "src/app": ["src/base", "src/config", "src/task", "src/connectors", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG,
                *PUBLIC_TASK],
    # A command of its own that reads what the engine left; nothing uses it.
    "src/ring_reader": ["src/base", "src/telemetry", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "include/ergon/config": ["include/ergon/telemetry/visibility.hpp", "include/ergon/telemetry/span_kind.hpp"],
    "include/ergon/telemetry": ["include/ergon/telemetry.hpp", "include/ergon/extend/propagator.hpp", *PUBLIC_CONFIG],
    "include/ergon/telemetry.hpp": [*PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    # Each brings the package that it bridges; whoever includes it has that.
    "include/ergon/bridge": [*PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "include/ergon/extend": [*PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "include/ergon/task": [*PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "include/ergon/connectors": ["include/ergon/task", *PUBLIC_TELEMETRY, *PUBLIC_CONFIG],
    "include/ergon/testing": [*PUBLIC_TELEMETRY, *PUBLIC_CONFIG, *PUBLIC_TASK],
    "include/ergon/ergon.hpp": ["include/ergon"],
}

# Headers of packages that public headers must not bring to a user's compilation, by their beginning.
KEPT_OUT_OF_PUBLIC = {
    "nlohmann/": "it takes 2 s to compile",
    "yaml-cpp/": "it belongs into src/config",
    "curl/": "it belongs into src/telemetry/export",
    "grpc": "only tests use it",
    "google/protobuf": "only tests use it",
    "protozero/": "it belongs into src",
    "fmt/format.h": "fmt/core.h is enough, with fmt::vformat in a source file",
    "fmt/chrono.h": "it is slow to compile",
    "opentelemetry/": "only the bridge, tests and benches use it",
}
# Headers of packages that only tests may use, anywhere under src/.
KEPT_OUT_OF_PRODUCT = {
    "grpc": "only tests use it",
    "google/protobuf": "only tests use it",
    "gtest/": "only tests use it",
    "gmock/": "only tests use it",
    "benchmark/": "only benches use it",
}

README_LINES = 40
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def includes_of(file):
    """The (line number, quoted name or None, bracketed name or None) of each include."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found.group(1), found.group(2)


def target_of(root, file, quoted, bracketed):
    """The repository path of our own header that an include names, or None for a package's."""
    name = quoted or bracketed
    if name.startswith("ergon/"):
        return f"include/{name}"
    if quoted:
        beside = file.parent / quoted
        if not (root / "src" / quoted).exists() and beside.exists():
            return beside.resolve().relative_to(root.resolve()).as_posix()
        return f"src/{quoted}"
    return f"src/{bracketed}" if (root / "src" / bracketed).exists() else None


def is_within(path, place):
    return path == place or path.startswith(place + "/")


def room_of(path):
    rooms = [room for room in ARROWS if is_within(path, room)]
    return max(rooms, key=len, default=None)


def kept_out(table, name):
    return next((reason for start, reason in table.items() if name.startswith(start)), None)


def check_package(path, name):
    if path.startswith("include/"):
        reason = kept_out(KEPT_OUT_OF_PUBLIC, name)
        where = "a public header"
    else:
        reason = kept_out(KEPT_OUT_OF_PRODUCT, name)
        where = "src/"
    return f"{name} has no place in {where}: {reason}" if reason else None


def check_own(path, room, target):
    if is_within(target, room):
        return None
    if path.startswith("include/") and target.startswith("src/"):
        return f"a public header must not include {target}"
    if any(is_within(target, allowed) for allowed in ARROWS[room]):
        return None
    return f"{room} must not include {target} (ARROWS in tools/check_arrows.py says what it may)"


def check_file(root, file):
    path = file.relative_to(root).as_posix()
    room = room_of(path)
    if room is None:
        yield f"{path}:1: in no room that tools/check_arrows.py knows"
        return
    for number, quoted, bracketed in includes_of(file):
        target = target_of(root, file, quoted, bracketed)
        message = check_own(path, room, target) if target else check_package(path, bracketed)
        if message:
            yield f"{path}:{number}: {message}"


def check_readmes(root):
    holders = {file.parent for pattern in ("*.cpp", "*.hpp") for file in (root / "src").rglob(pattern)}
    for folder in sorted(holders):
        readme = folder / "README.md"
        path = readme.relative_to(root).as_posix()
        if not readme.exists():
            yield f"{path}:1: missing: what lives here, what may enter, the arrow to the next room"
        elif (count := len(readme.read_text(encoding="utf-8").splitlines())) > README_LINES:
            yield f"{path}:{README_LINES + 1}: {count} lines, at most {README_LINES}"


def check(root):
    files = [file for top in ("include", "src") for pattern in ("*.hpp", "*.cpp")
             for file in sorted((root / top).rglob(pattern))]
    violations = [violation for file in files for violation in check_file(root, file)]
    return len(files), violations + list(check_readmes(root))


def main(arguments):
    root = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).resolve().parent.parent
    count, violations = check(root)
    for violation in violations:
        print(violation)
    print(f"arrows: {count} files, {len(violations)} violations")
    return 1 if violations or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
