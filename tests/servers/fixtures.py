"""Fixtures of the real servers, started when a test first asks and stopped at the end of the run.

They skip nothing: a test that asks for a server which is not there, or does not start, is an error.
"""

from collections.abc import Iterator

import pytest

from tests.servers.browser import Browser
from tests.servers.mail import MailLab
from tests.servers.place import LabOptions
from tests.servers.postgres import Postgres
from tests.wire.pair import MailPair


@pytest.fixture(scope="session")
def running_mail_lab() -> Iterator[MailLab]:
    """Dovecot and Postfix, for the whole run; tests ask for `mail_lab`."""
    with MailLab() as lab:
        yield lab


@pytest.fixture
def mail_lab(running_mail_lab: MailLab) -> Iterator[MailLab]:
    """The mail lab, up and empty, whatever the last test did to it."""
    running_mail_lab.restore()
    yield running_mail_lab
    running_mail_lab.restore()


@pytest.fixture
def lab_pair(mail_lab: MailLab) -> MailPair:
    """The mail lab as a pair of servers."""
    return mail_lab.pair()


@pytest.fixture(scope="session")
def running_auth_lab() -> Iterator[MailLab]:
    """A second mail lab, with real DKIM, SPF and DMARC, for the whole run; tests ask for `auth_lab`."""
    with MailLab(LabOptions(auth=True)) as lab:
        yield lab


@pytest.fixture
def auth_lab(running_auth_lab: MailLab) -> Iterator[MailLab]:
    """The mail lab that signs and verifies, up and empty."""
    running_auth_lab.restore()
    yield running_auth_lab
    running_auth_lab.restore()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL for the whole run; a test that stops or freezes it puts it right again."""
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a new, empty database of PostgreSQL, deleted after the test."""
    name = postgres.fresh_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def running_browser() -> Iterator[Browser]:
    """Headless Chromium for the whole run; tests ask for `browser`."""
    with Browser() as chromium:
        yield chromium


@pytest.fixture
def browser(running_browser: Browser) -> Iterator[Browser]:
    """Headless Chromium, on an empty page and without cookies afterwards."""
    yield running_browser
    running_browser.forget_cookies()
    running_browser.resize(1280, 900)
    running_browser.open("about:blank")
