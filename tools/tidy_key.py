#!/usr/bin/env python3
"""Prints a key of all that clang-tidy's verdict on a source file depends on: the tool, its configuration, the
compile command, and what the file and every header it includes hold. The same key, the same verdict.

usage: tools/tidy_key.py BUILD_FOLDER SOURCE   (SOURCE relative to the repository, which is the current folder)
"""

import hashlib
import json
import pathlib
import shlex
import subprocess
import sys


def compile_arguments(build: str, source: str) -> list[str]:
    """The file's compile command without compiler, output and dependency file."""
    wanted = pathlib.Path.cwd() / source
    for entry in json.loads(pathlib.Path(build, "compile_commands.json").read_text()):
        if pathlib.Path(entry["file"]) == wanted:
            arguments = shlex.split(entry["command"])[1:]
            while "-o" in arguments:
                at = arguments.index("-o")
                del arguments[at : at + 2]
            return [a for a in arguments if a not in ("-c", "-MD")]
    sys.exit(f"tidy: {source} is not in {build}/compile_commands.json")


def read_files(build: str, arguments: list[str]) -> list[str]:
    """What the preprocessor opens for the file, in a stable order."""
    rule = subprocess.run(["clang++-19", "-M", "-Wno-everything", *arguments], cwd=build, check=True,
                          capture_output=True, text=True).stdout  # fmt: skip
    names = rule.partition(":")[2].replace("\\\n", " ").split()
    return sorted(str(pathlib.Path(build, name).resolve()) for name in names)


def main() -> None:
    build, source = sys.argv[1:]
    root = str(pathlib.Path.cwd())
    arguments = compile_arguments(build, source)
    key = hashlib.sha256()
    key.update(subprocess.run(["clang-tidy-22", "--version"], check=True, capture_output=True).stdout)
    for folder in reversed(pathlib.Path(source).parents):
        configuration = folder / ".clang-tidy"
        if configuration.exists():
            key.update(configuration.read_bytes())
    key.update("\0".join(arguments).replace(root, "").encode())
    for name in read_files(build, arguments):
        key.update(name.removeprefix(root).encode() + b"\0" + pathlib.Path(name).read_bytes())
    print(key.hexdigest())


if __name__ == "__main__":
    main()
