"""A certificate authority of the lab's own, its server certificate, and one that nobody should trust."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECTIONS = """[req]
distinguished_name=dn
prompt=no
[dn]
CN=Rollcall test authority
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[server]
basicConstraints=CA:false
keyUsage=digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:{host}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificates:
    """Files in PEM: the authority to trust, the server's chain and key, and a stranger's chain and key."""

    authority: Path
    server: Path
    server_key: Path
    stranger: Path
    stranger_key: Path


def make_certificates(directory: Path, host: str) -> Certificates:
    """Make them all for 127.0.0.1, localhost and `host`; the keys are readable by their owner only."""
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "openssl.cnf"
    config.write_text(SECTIONS.format(host=host))
    authority, server, key = _issue(directory, config, "trusted")
    _, stranger, stranger_key = _issue(directory, config, "stranger")
    return Certificates(
        authority=authority, server=server, server_key=key, stranger=stranger, stranger_key=stranger_key
    )


def give_key_to(certificates: Certificates, user: str) -> None:
    """Let a server that runs as `user` read its key."""
    if os.geteuid() == 0:
        shutil.chown(certificates.server_key, user)


def _issue(directory: Path, config: Path, name: str) -> tuple[Path, Path, Path]:
    """A new authority and one server certificate signed by it: (authority, certificate, key)."""
    authority, authority_key = directory / f"{name}-ca.pem", directory / f"{name}-ca.key"
    certificate, key, request = (directory / f"{name}.{end}" for end in ("pem", "key", "csr"))
    for path in (authority_key, key):
        _openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", path)
        path.chmod(0o600)
    asking = ("req", "-new", "-config", config)
    _openssl(*asking, "-x509", "-days", "3650", "-extensions", "ca", "-key", authority_key, "-out", authority)
    _openssl(*asking, "-subj", "/CN=localhost", "-key", key, "-out", request)
    signing = ("x509", "-req", "-days", "3650", "-CA", authority, "-CAkey", authority_key, "-set_serial", "1")
    _openssl(*signing, "-in", request, "-extfile", config, "-extensions", "server", "-out", certificate)
    return authority, certificate, key


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
