"""The packages from PyPI that the receivers are made of, pinned, in a venv of the build folder."""

import fcntl
import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = ["grpcio==1.85.3", "opentelemetry-proto==1.45.2", "protobuf==7.36.2"]
FOLDER = Path(__file__).resolve().parents[3] / "build" / "venv-otlp"
STAMP = FOLDER / "-".join(PACKAGES)
SKIPPED = 77  # what ctest takes for a test that was skipped


def _install():
    print(f"installing {', '.join(PACKAGES)} into {FOLDER}", flush=True)
    venv.create(FOLDER, with_pip=True, clear=True)
    command = [FOLDER / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip = subprocess.run([*command, "--retries", "1", "--only-binary", ":all:", *PACKAGES], check=False)
    if pip.returncode != 0:
        print(f"SKIPPED: {', '.join(PACKAGES)} could not be installed from PyPI")
        sys.exit(SKIPPED)
    STAMP.touch()


def enter_venv():
    """Runs the calling script again with the venv's Python, which it makes first where it is not there; ends it
    with the status of a skipped test where the packages can't be had."""
    if Path(sys.prefix) == FOLDER:
        return
    FOLDER.parent.mkdir(exist_ok=True)
    with FOLDER.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two build folders may ask at once
        if not STAMP.exists():
            _install()
    sys.exit(subprocess.run([FOLDER / "bin" / "python", *sys.orig_argv[1:]], check=False).returncode)
