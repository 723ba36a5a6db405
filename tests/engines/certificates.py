"""A certificate authority of the tests' own, by openssl: for engines behind TLS."""

import subprocess
from pathlib import Path


def make(folder: Path) -> None:
    """Write ca.pem, cert.pem and key.pem of a client, and server-cert.pem and server-key.pem."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30")
    authority = ("-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=boxtui tests")
    _openssl(folder, "req", "-x509", *curve, *authority)
    for name, usage, prefix in (
        ("127.0.0.1", "serverAuth", "server-"),
        ("tests", "clientAuth", ""),
    ):
        request = (
            "-keyout",
            f"{prefix}key.pem",
            "-out",
            f"{prefix}csr.pem",
            "-subj",
            f"/CN={name}",
        )
        _openssl(folder, "req", *curve[:-2], *request)
        extensions = folder / f"{prefix}extensions"
        address = "subjectAltName=IP:127.0.0.1,DNS:localhost\n" if prefix else ""
        extensions.write_text(f"{address}extendedKeyUsage={usage}\n")
        signed = ("-in", f"{prefix}csr.pem", "-out", f"{prefix}cert.pem", "-extfile", extensions)
        authority = ("-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "30")
        _openssl(folder, "x509", "-req", *signed, *authority)


def _openssl(folder: Path, *arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
