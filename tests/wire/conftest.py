"""Fixtures of the wire tests: the servers under test, a connected mailbox and a mailer."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wire.imap import ImapMailbox
from bot.wire.smtp import SmtpMailer
from tests.servers.certificates import Certificates, make_certificates
from tests.wire.pair import MailPair
from tests.wire.servers import EmbeddedServers, RealServers, Servers, a_mailbox, a_mailer


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority, a server's certificate, and a stranger's."""
    return make_certificates(Path(tmp_path_factory.mktemp("tls")), "mx.yourcompany.test")


@pytest.fixture(params=["embedded", pytest.param("dovecot and postfix", marks=pytest.mark.servers)])
def servers(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Servers]:
    """The servers under test, empty."""
    if request.param == "embedded":
        embedded = EmbeddedServers(certificates)
        yield embedded
        embedded.stop()
    else:
        yield RealServers(request.getfixturevalue("mail_lab"))


@pytest.fixture
def mail_servers(servers: Servers) -> MailPair:
    """Addresses, ports and users of the servers under test."""
    return servers.pair


@pytest.fixture
def mailbox(servers: Servers) -> Iterator[ImapMailbox]:
    """The support mailbox, connected, with INBOX selected."""
    box = a_mailbox(servers.pair)
    box.connect()
    box.select("INBOX")
    yield box
    box.close()


@pytest_asyncio.fixture
async def mailer(servers: Servers) -> AsyncIterator[SmtpMailer]:
    """The way out, as support."""
    way_out = a_mailer(servers.pair)
    yield way_out
    await way_out.close()
