"""The IMAP half of the embedded pair: pymap's in-memory backend, made to behave like an office's server."""

import asyncio
import datetime as dt
import re
import ssl
from argparse import Namespace
from functools import cache

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPServer
from pymap.interfaces.login import IdentityInterface
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials
from pysasl.creds.plain import PlainCredentials
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext
from pysasl.mechanism.oauth import OAuth2Mechanism

from bot.demo.accounts import Accounts
from bot.demo.imap_folders import Folders


class _OAuthBearer(OAuth2Mechanism):
    """OAUTHBEARER carries the same two things as XOAUTH2, written as RFC 7628 §3.1 has it."""

    _pattern = re.compile(rb"^n,a=(.*?),\x01auth=[bB]earer (.*?)\x01\x01$")


@cache
def _ways_to_log_in() -> SASLAuth:
    """Once for all connections: pysasl looks for the usual ones in every package that is installed."""
    usual = SASLAuth.defaults().server_mechanisms
    return SASLAuth([*usual, OAuth2Mechanism(), _OAuthBearer(b"OAUTHBEARER")])


class _Config(Config):
    """Passwords, and bearer tokens where an account has some."""

    @property
    def tls_auth(self) -> SASLAuth:
        return _ways_to_log_in()


class _Login(Login):
    """Checks against our accounts, so that tests can change a password or refuse everybody while it runs."""

    def __init__(self, config: Config, accounts: Accounts) -> None:
        super().__init__(config)
        self._accounts = accounts

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        name = credentials.authzid
        if isinstance(credentials, ExternalCredentials):
            welcome = self._accounts.has_token(name, str(credentials._token))
        else:
            welcome = isinstance(credentials, PlainCredentials) and self._accounts.has_password(
                name, credentials._secret
            )
        if self._accounts.refuse_imap_logins or not welcome:
            raise InvalidAuth()
        # Made here, or pymap makes its own at the first login of an account.
        self.users_dict.setdefault(name, UserMetadata(self.config, name))
        folders_of(self.config, name)
        return Identity(name, self, None, frozenset())

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        return Identity(authzid, self, None, frozenset())


def folders_of(config: Config, address: str) -> MailboxSet:
    """The folders of an address, made when first asked for."""
    if address not in config.set_cache:
        config.set_cache[address] = (Folders(), FilterSet())
    return config.set_cache[address][0]


class ImapHalf:
    """The server; every method runs in the pair's event loop."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host=None,
            port=0,
            tls_enabled=False,
            hash_context=Cleartext(),
            invalid_user_sleep=0.0,
        )
        self._login = _Login(self._config, accounts)
        self._backend = DictBackend(self._login, self._config)
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, tls: ssl.SSLContext | None) -> int:
        """Listen on a free loopback port, which is returned."""
        self._config.apply_context()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._config.apply_context()
        try:
            await IMAPServer(self._login, self._config)(reader, writer, SocketInfoLocal(writer))
        except (ConnectionError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def drop_connections(self) -> None:
        """Cut every connection; clients see it closed."""
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        await self.drop_connections()

    async def store(self, address: str, folder: str, raw: bytes) -> None:
        """Put a message into a folder; whoever waits there in IDLE is told."""
        mailboxes = folders_of(self._config, address)
        if folder.upper() != "INBOX" and folder not in await self.names(address):
            await mailboxes.add_mailbox(folder)
        mailbox = await mailboxes.get_mailbox(folder)
        await mailbox.append(AppendMessage(raw, dt.datetime.now(dt.UTC)), recent=True)

    async def names(self, address: str) -> list[str]:
        """The folder names of an address."""
        return [entry.name for entry in (await folders_of(self._config, address).list_mailboxes()).list()]

    async def messages(self, address: str, folder: str) -> list[bytes]:
        """The raw messages of a folder, oldest first; none where there is no such folder."""
        try:
            mailbox = await folders_of(self._config, address).get_mailbox(folder)
        except KeyError:
            return []
        return [bytes(message._content) async for message in mailbox.messages() if message._content]
