#!/usr/bin/env python3
"""Checks the sizes of C++ files and functions: a file at most 300 lines, a function at most 60 lines and
a cyclomatic complexity of at most 12. Test bodies count as functions.

Usage: tools/check_budgets.py. One line per violation; exit status 1 if there is any. Exceptions, each with
its reason, are in tools/budget_exceptions.txt. Needs lizard, which it installs from PyPI, pinned, into
build/venv on its first run.
"""

import re
import subprocess
import sys
import venv
from pathlib import Path

LIZARD = "lizard==1.24.3"
TOPS = ["include", "src", "tests", "bench", "examples", "fuzz"]
FILE_LINES = 300
FUNCTION_LINES = 60
COMPLEXITY = 12

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "tools" / "budget_exceptions.txt"
EXCEPTION_LINE = re.compile(r"^(?P<path>[^\s:]+)(?::(?P<function>\S+))? — (?P<reason>\S.*)$")


def enter_venv():
    """Runs this script again with the venv's Python, which has the pinned lizard."""
    folder = ROOT / "build" / "venv"
    python = folder / "bin" / "python"
    stamp = folder / LIZARD
    if not stamp.exists():
        print(f"budgets: installing {LIZARD} into build/venv", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", LIZARD]
        if subprocess.run(pip, check=False).returncode != 0:
            sys.exit(f"budgets: {LIZARD} could not be installed from PyPI")
        stamp.touch()
    if Path(sys.prefix) != folder:
        sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], check=False).returncode)


def cpp_files():
    return [file for top in TOPS for pattern in ("*.hpp", "*.cpp") for file in sorted((ROOT / top).rglob(pattern))]


def read_exceptions():
    """The (path, function or None) pairs that are let through; a malformed line is an error."""
    allowed = {}
    for number, line in enumerate(EXCEPTIONS.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = EXCEPTION_LINE.match(line)
        if not found:
            sys.exit(f"{EXCEPTIONS.relative_to(ROOT)}:{number}: not of the form PATH[:FUNCTION] — REASON")
        allowed[found["path"], found["function"]] = number
    return allowed


def name_of(function):
    """The qualified name; for a test's body its macro with the arguments, TEST(Suite,Name)."""
    is_test = function.name.rsplit("::", 1)[-1] in ("TEST", "TEST_F", "TEST_P", "TYPED_TEST")
    return (function.long_name if is_test else function.name).replace(" ", "")


def overdrawn(path, file):
    """The (exception key, message) of each budget that a file breaks."""
    import lizard  # pylint: disable=import-outside-toplevel  (only the venv has it)

    lines = len(file.read_text(encoding="utf-8", errors="replace").splitlines())
    if lines > FILE_LINES:
        yield (path, None), f"{path}:1: {lines} lines, at most {FILE_LINES}"
    for function in lizard.analyze_file(str(file)).function_list:
        length = function.end_line - function.start_line + 1
        name = name_of(function)
        place = f"{path}:{function.start_line}: {name}"
        key = (path, name)
        if length > FUNCTION_LINES:
            yield key, f"{place}: {length} lines, at most {FUNCTION_LINES}"
        if function.cyclomatic_complexity > COMPLEXITY:
            yield key, f"{place}: complexity {function.cyclomatic_complexity}, at most {COMPLEXITY}"


def main():
    enter_venv()
    allowed = read_exceptions()
    files = cpp_files()
    used = set()
    violations = 0
    for file in files:
        for key, message in overdrawn(file.relative_to(ROOT).as_posix(), file):
            if key in allowed:
                used.add(key)
            else:
                violations += 1
                print(message)
    for key, number in allowed.items():
        if key not in used:
            violations += 1
            print(f"{EXCEPTIONS.relative_to(ROOT)}:{number}: no longer needed")
    print(f"budgets: {len(files)} files, {violations} violations, {len(used)} exceptions")
    return 1 if violations or not files else 0


if __name__ == "__main__":
    sys.exit(main())
