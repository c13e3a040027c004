"""Certificates of an authority of its own, made by the openssl command line."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_NEW = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]


@dataclass(frozen=True)
class Certificates:
    """PEM files: the authority, and what it signed for a server on 127.0.0.1 and for a client."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def _openssl(*arguments):
    done = subprocess.run([*_NEW, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl made no certificate: {done.stderr}")


def make_certificates(folder: Path) -> Certificates:
    """Fresh ones, valid for two days, in a folder that is there. Those of two folders do not trust each other."""
    made = Certificates(*(folder / f"{name}.pem" for name in ("ca", "server", "server_key", "client", "client_key")))
    ca_key = folder / "ca_key.pem"
    _openssl("-keyout", ca_key, "-out", made.ca, "-subj", "/CN=Test authority", "-addext",
             "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    signed = ["-CA", made.ca, "-CAkey", ca_key, "-addext", "basicConstraints=critical,CA:FALSE"]
    _openssl(*signed, "-keyout", made.server_key, "-out", made.server, "-subj", "/CN=localhost", "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "extendedKeyUsage=serverAuth")
    _openssl(*signed, "-keyout", made.client_key, "-out", made.client, "-subj", "/CN=test client", "-addext",
             "extendedKeyUsage=clientAuth")
    return made
