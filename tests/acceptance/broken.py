"""Servers, certificates and places, each broken in one way, put into a configuration that is sound."""

import datetime as dt
import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.demo.mailserver import EmbeddedMail
from bot.store.engine import Database
from bot.store.upgrade import upgrade
from tests.fake_imap import FakeImap, Step
from tests.platforms.loopback import LoopbackServer, Reply
from tests.platforms.moodle_server import TOKEN, MoodleServer
from tests.wire.servers import SUPPORT, server_context

Settings = dict[str, Any]
# Changes the settings at once, or while what it returns is open.
Change = Callable[[Settings, Path], object]


def imap(**changes: object) -> Change:
    return lambda data, folder: data["mailboxes"][0]["imap"].update(changes)


def smtp(**changes: object) -> Change:
    return lambda data, folder: data["smtp"].update(changes)


def whole(**changes: object) -> Change:
    return lambda data, folder: data.update(changes)


# Certificates


def issue(authority: Path, folder: Path, *, host: str, days: int) -> tuple[Path, Path]:
    """A certificate of the lab's own authority for `host` that ends in so many days, and its key."""
    issuer = x509.load_pem_x509_certificate(authority.read_bytes())
    signer = serialization.load_pem_private_key(authority.with_suffix(".key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    name: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        name = x509.IPAddress(ipaddress.ip_address(host))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - dt.timedelta(days=90))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    paths = folder / f"{host}.pem", folder / f"{host}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, plain))
    return paths


def certified(server: str, *, host: str = "127.0.0.1", days: int = 60) -> Change:
    """IMAP or SMTP with a certificate of its own."""

    @contextmanager
    def change(data: Settings, folder: Path) -> Iterator[None]:
        context = server_context(*issue(Path(data["smtp"]["ca_file"]), folder, host=host, days=days))
        with EmbeddedMail({SUPPORT: "secret"}, tls=context) as pair:
            if server == "imap":
                imap(port=pair.imap_port)(data, folder)
            else:
                smtp(port=pair.smtp_port)(data, folder)
            yield

    return change


# Mail servers


def scripted_imap(**answers: bytes) -> Change:
    """An IMAP server in clear that answers some commands otherwise."""

    @contextmanager
    def change(data: Settings, folder: Path) -> Iterator[None]:
        steps: dict[str, tuple[Step, ...]] = {name: (answer,) for name, answer in answers.items()}
        with FakeImap(steps) as server:
            imap(port=server.port, security="none")(data, folder)
            yield

    return change


def plain_smtp(prepare: Callable[[EmbeddedMail], object] = lambda pair: None, **changes: object) -> Change:
    """An SMTP server in clear."""

    @contextmanager
    def change(data: Settings, folder: Path) -> Iterator[None]:
        with EmbeddedMail({SUPPORT: "secret"}) as pair:
            prepare(pair)
            smtp(**{"port": pair.smtp_port, "security": "none"} | changes)(data, folder)
            yield

    return change


@contextmanager
def locked_smtp(data: Settings, folder: Path) -> Iterator[None]:
    """An SMTP server that offers its login over TLS alone, spoken to in clear."""
    context = server_context(*issue(Path(data["smtp"]["ca_file"]), folder, host="127.0.0.1", days=60))
    with EmbeddedMail({SUPPORT: "secret"}, starttls=context) as pair:
        smtp(port=pair.smtp_port, security="none")(data, folder)
        yield


# Platforms and the portal


def moodle(prepare: Callable[[MoodleServer], object] = lambda server: None, *, token: str = TOKEN) -> Change:
    """A Moodle in place of the embedded directory."""

    @contextmanager
    def change(data: Settings, folder: Path) -> Iterator[None]:
        with MoodleServer() as server:
            prepare(server)
            entry = {"name": "embedded", "kind": "moodle", "url": server.url, "token": token}
            data["directories"] = [entry]
            yield

    return change


def scim_that_says(status: int, **settings: str) -> Change:
    """A SCIM service that answers everything the same way."""

    @contextmanager
    def change(data: Settings, folder: Path) -> Iterator[None]:
        with LoopbackServer(lambda request: Reply(status=status)) as server:
            entry = {"name": "embedded", "kind": "scim", "url": server.url, "token": "wrong"}
            data["directories"] = [entry | settings]
            yield

    return change


def portal_that_says(status: int, **headers: str) -> Change:
    """A portal address at which something answers like that."""

    @contextmanager
    def change(data: Settings, folder: Path) -> Iterator[None]:
        with LoopbackServer(lambda request: Reply(status=status, headers=headers)) as server:
            data |= {"links": {}, "portal": {"public_url": server.url}}
            yield

    return change


# This machine


def missing_password_file(data: Settings, folder: Path) -> None:
    del data["smtp"]["password"]
    data["smtp"]["password_file"] = str(folder / "absent")


def schema(version: str) -> Change:
    """A ledger whose schema has this version."""

    def change(data: Settings, folder: Path) -> None:
        database = Database(data["database"], owner="test")
        upgrade(database)
        with database.write() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        database.close()

    return change


def key_of_the_links(content: str, mode: int = 0o600) -> Change:
    def change(data: Settings, folder: Path) -> None:
        path = folder / "links.key"
        path.write_text(content)
        path.chmod(mode)
        data["links"]["key_file"] = str(path)

    return change


def broken_template(data: Settings, folder: Path) -> None:
    (folder / "words").mkdir()
    (folder / "words" / "results.txt.j2").write_text("{{ facts.no_such_fact }}")
    data["templates"] = str(folder / "words")
