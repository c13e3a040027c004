#!/usr/bin/env python3
"""Each of the headers compiles by itself.

Usage: each_header_alone_test.py HEADER... -- COMPILER [FLAG...]
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def complaints(header, command):
    done = subprocess.run([*command, "-fsyntax-only", "-x", "c++", "-"], input=f"#include <{header}>\n",
                          capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"FAILED: {header}\n{done.stderr}"


def main():
    middle = sys.argv.index("--")
    headers, command = sys.argv[1:middle], sys.argv[middle + 1:]
    assert headers and command, __doc__
    with ThreadPoolExecutor(2) as pool:
        failed = [text for text in pool.map(lambda header: complaints(header, command), headers) if text]
    print(f"{len(headers)} headers, {len(failed)} of them do not compile", *failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
