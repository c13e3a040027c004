#!/usr/bin/env python3
"""Reads all of src/ and every header of include/ with clang++-19, as the release build compiles them: the README
promises g++ and clang. Nothing is compiled. Errors fail; warnings are shown.

Usage: tools/clang_syntax.py   (after make test: it needs build/release/compile_commands.json)
"""

import concurrent.futures
import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATABASE = ROOT / "build" / "release" / "compile_commands.json"
CLANG = "clang++-19"
WITH_ARGUMENT = {"-o", "-include", "-x"}
ONLY_GCC = {"-fpch-preprocess", "-Winvalid-pch"}


def read_commands():
    """The compiler's options of each source file of src/."""
    options = {}
    for entry in json.loads(DATABASE.read_text(encoding="utf-8")):
        file = Path(entry["file"])
        if file.is_relative_to(ROOT / "src"):
            options.setdefault(file, list(options_of(shlex.split(entry["command"]), file)))
    return options


def options_of(command, file):
    """The options that say what is compiled, without those of the output, the launcher and precompiled headers."""
    words = iter(command)
    for word in words:
        if word in WITH_ARGUMENT:
            next(words)
        elif word.startswith("-") and word not in ONLY_GCC | {"-c", "-E"}:
            yield word
            if word in {"-isystem", "-I", "-D"}:
                yield next(words)
        elif word == str(file):
            return


def check(name, options, text=None):
    source = ["-x", "c++", "-"] if text else [name]
    command = [CLANG, "-fsyntax-only", *options, "-Wno-unknown-warning-option", *source]
    done = subprocess.run(command, cwd=DATABASE.parent, input=text, capture_output=True, text=True, check=False)
    return name, done.returncode == 0, done.stderr


def main():
    if not DATABASE.exists():
        sys.exit(f"no {DATABASE.relative_to(ROOT)}: run make test first")
    commands = read_commands()
    of_headers = ["-std=c++20", "-Wall", "-Wextra", f"-I{ROOT}/include"]
    failed = 0
    warnings = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(check, str(file), options) for file, options in sorted(commands.items())]
        headers = sorted((ROOT / "include").rglob("*.hpp"))
        for header in headers:
            name = header.relative_to(ROOT / "include").as_posix()
            jobs.append(pool.submit(check, name, of_headers, f"#include <{name}>\n"))
        for job in concurrent.futures.as_completed(jobs):
            name, passed, said = job.result()
            failed += not passed
            warnings += said.count(" warning: ")
            if said:
                print(f"{name}:\n{said}", flush=True)
    print(f"clang: {len(commands)} sources and {len(headers)} headers, {failed} with errors, {warnings} warnings")
    return 1 if failed or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
