#!/usr/bin/env python3
"""Compiles a case and checks what the compiler says of it.

The first line of a case is `// expect: TEXT`: compiling it must fail, and say TEXT. `// expect: nothing` must compile.
Usage: run.py CASE.cpp -- COMPILER [FLAG...]
"""

import pathlib
import subprocess
import sys

MARK = "// expect: "


def main():
    case, separator, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    assert separator == "--" and command, __doc__
    first_line = pathlib.Path(case).read_text(encoding="utf-8").splitlines()[0]
    assert first_line.startswith(MARK), f"{case} does not begin with '{MARK}'"
    expected = first_line[len(MARK):]
    result = subprocess.run([*command, "-fsyntax-only", case], capture_output=True, text=True, check=False)
    if expected == "nothing":
        is_right = result.returncode == 0
    else:
        is_right = result.returncode != 0 and expected in result.stderr
    if not is_right:
        print(f"{case}: expected {expected!r}, got exit code {result.returncode} and:\n{result.stderr}")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
