#!/usr/bin/env python3
"""A user's project, consumer/, is built against Ergon and run.

Usage: installed_test.py MODE --build FOLDER --work FOLDER --telemetry ON|OFF --compiler C++ --build-type TYPE
MODE:  installed    against what `cmake --install` makes of FOLDER, by find_package and by pkg-config
       static       the same of static libraries, which are compiled into FOLDER first
       subproject   with Ergon as a part of the project, by add_subdirectory
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
CONSUMER = HERE / "consumer"
ORDERS = '{"id": "a", "amount": 5}\n{"id": "b", "amount": 50}\n{"id": "c", "amount": 500}\n'
REFUSED = "refused {}: ergon::BusinessError"
# Of shop, by its arguments: lines that it must print.
SHOP_RUNS = {
    ("run", "Shop"): ["charged a", "charged b", REFUSED.format("c")],
    ("run", "Shop", "--config", str(CONSUMER / "shop.yaml")): ["charged a", REFUSED.format("b"), REFUSED.format("c")],
}


class Failed(Exception):
    pass


def run(*command, cwd=None, env=None):
    """Runs a command that must succeed, and returns its standard output."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, **(env or {})},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = " ".join(str(part) for part in command)
        raise Failed(f"exit code {done.returncode} of\n  {words}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def step(text, start):
    print(f"{text} ({time.monotonic() - start:.1f} s)", flush=True)


def expect(is_so, text):
    if not is_so:
        raise Failed(text)


def build_with_cmake(source, folder, arguments, *defines):
    run("cmake", "-G", "Ninja", "-S", source, "-B", folder, f"-DCMAKE_CXX_COMPILER={arguments.compiler}", *defines)
    run("cmake", "--build", folder, "--parallel", "2")


def launcher():
    """Of the consumers' own compilations: what did not change since the last run need not be compiled again."""
    ccache = shutil.which("ccache")
    return [f"-DCMAKE_CXX_COMPILER_LAUNCHER={ccache}"] if ccache else []


def run_consumers(folder, arguments, env=None):
    said = run(folder / "billing", env=env)
    wanted = "spans 1, logs 1" if arguments.telemetry == "ON" else "telemetry is off"
    expect(wanted in said, f"billing does not print '{wanted}':\n{said}")
    (folder / "orders.jsonl").write_text(ORDERS, encoding="utf-8")
    for words, wanted in SHOP_RUNS.items():
        said = run(folder / "shop", *words, cwd=folder, env=env)
        missing = [line for line in wanted if line not in said.splitlines()]
        expect(not missing, f"shop {' '.join(words)} does not print {missing}:\n{said}")


def check_texts(prefix):
    """What find_package and pkg-config read must not name folders of the build."""
    files = [*prefix.rglob("*.cmake"), *prefix.rglob("*.pc")]
    expect(len(files) >= 6, f"only {len(files)} files of CMake and pkg-config in {prefix}")
    for file in files:
        text = file.read_text(encoding="utf-8")
        expect(str(SOURCE / "src") not in text and str(SOURCE / "include") not in text and "/build/" not in text,
               f"{file.name} names a folder of the build:\n{text}")


def install(build, arguments):
    """Installs, then moves the prefix: nothing may depend on where it was."""
    start = time.monotonic()
    first, prefix = arguments.work / "first", arguments.work / "prefix"
    run("cmake", "--install", build, "--prefix", first)
    first.rename(prefix)
    check_texts(prefix)
    headers = {file.relative_to(SOURCE / "include") for file in (SOURCE / "include").rglob("*.hpp")}
    installed = {file.relative_to(prefix / "include") for file in (prefix / "include").rglob("*.hpp")}
    expect(headers == installed, f"headers that differ: {sorted(map(str, headers ^ installed))}")
    if arguments.telemetry == "ON":
        run(prefix / "bin" / "ergon-read-rings", "--help")
    step("installed", start)
    return prefix


def check_find_package(prefix, arguments):
    start = time.monotonic()
    folder = arguments.work / "find_package"
    build_with_cmake(CONSUMER, folder, arguments, f"-DCMAKE_PREFIX_PATH={prefix}", *launcher())
    cache = (folder / "CMakeCache.txt").read_text(encoding="utf-8")
    expect(f"ergon_DIR:PATH={prefix}/" in cache, "find_package found another Ergon")
    run_consumers(folder, arguments)
    step("find_package: built and run", start)


def check_pkg_config(prefix, arguments):
    start = time.monotonic()
    if shutil.which("pkg-config") is None:
        print("pkg-config: skipped, as it is not installed")
        return
    files = list(prefix.rglob("ergon-telemetry.pc"))
    expect(len(files) == 1, f"ergon-telemetry.pc: {files}")
    env = {"PKG_CONFIG_PATH": str(files[0].parent)}
    lib = files[0].parent.parent
    folder = arguments.work / "pkg_config"
    folder.mkdir()
    for module, program in {"ergon-telemetry": "billing", "ergon": "shop"}.items():
        run("pkg-config", "--validate", module, env=env)
        flags = run("pkg-config", "--cflags", "--libs", module, env=env).split()
        has_off = "-DERGON_TELEMETRY_OFF" in flags
        expect(has_off == (arguments.telemetry == "OFF"), f"{module}: ERGON_TELEMETRY_OFF in {flags}")
        run(arguments.compiler, "-std=c++20", CONSUMER / f"{program}.cpp", *flags, f"-Wl,-rpath,{lib}", "-o",
            folder / program)
    run_consumers(folder, arguments)
    step("pkg-config: built and run", start)


def configured(arguments):
    return [f"-DCMAKE_BUILD_TYPE={arguments.build_type}", f"-DERGON_TELEMETRY={arguments.telemetry}",
            "-DERGON_BUILD_TESTS=OFF", "-DERGON_BUILD_BENCH=OFF", "-DERGON_BUILD_EXAMPLES=OFF"]


def check_installed(arguments):
    prefix = install(arguments.build, arguments)
    check_find_package(prefix, arguments)
    check_pkg_config(prefix, arguments)


def check_static(arguments):
    start = time.monotonic()
    build_with_cmake(SOURCE, arguments.build, arguments, "-DBUILD_SHARED_LIBS=OFF", *configured(arguments))
    step("static libraries: built", start)
    prefix = install(arguments.build, arguments)
    expect(not list(prefix.rglob("*.so*")), f"shared libraries in {prefix}")
    check_find_package(prefix, arguments)
    check_pkg_config(prefix, arguments)


def check_subproject(arguments):
    start = time.monotonic()
    build_with_cmake(CONSUMER, arguments.build, arguments, f"-DERGON_SOURCE={SOURCE}",
                     f"-DCMAKE_BUILD_TYPE={arguments.build_type}", f"-DERGON_TELEMETRY={arguments.telemetry}")
    expect(not (arguments.build / "ergon" / "tests").exists(), "Ergon's tests are built in a user's project")
    run_consumers(arguments.build, arguments)
    step("add_subdirectory: built and run", start)


MODES = {"installed": check_installed, "static": check_static, "subproject": check_subproject}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--build", type=Path, required=True, help="of Ergon, or in which it is built")
    parser.add_argument("--work", type=Path, required=True, help="is emptied first")
    parser.add_argument("--telemetry", choices=["ON", "OFF"], required=True)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--build-type", required=True)
    arguments = parser.parse_args()
    arguments.build, arguments.work = arguments.build.resolve(), arguments.work.resolve()
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)
    try:
        MODES[arguments.mode](arguments)
    except Failed as failure:
        print(f"FAILED: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
