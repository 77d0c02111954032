"""How Moodle is spoken to: functions called by POST, and its errors, all of them HTTP 200, told apart."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote_plus

from bot.directories.http import HttpEdge, Token, plain_words, refuse_trouble
from bot.errors import DirectoryRefused, DirectoryUnavailable, RollcallError

ENDPOINT = "/webservice/rest/server.php"

# Codes and not exception classes are matched: the classes were renamed in Moodle 4.5.
_LATER = frozenset(
    {
        "sitemaintenance",
        "dbconnectionfailed",
        "dmlreadexception",
        "dmltransactionexception",
        "upgraderunning",
        "cannotupgradedb",
        "locktimeout",
        "serverconnection",
    }
)
_TOKEN = frozenset({"invalidtoken", "invalidtimedtoken", "invalidiptoken", "tokenexpired"})
_SWITCHED_OFF = frozenset({"enablewsdescription", "servicenotavailable", "webservicenotavailable"})
# A whole batch is refused with one of these for the sake of a single learner, and nobody says which.
_ROW = frozenset({"invalidparameter", "dmlwriteexception"})


class MoodleError(RollcallError):
    """Moodle's error object: `code` to decide by, the text to show. It never leaves the connector."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code

    @property
    def blames_a_row(self) -> bool:
        """One learner of the batch may be the cause: ask for fewer at once."""
        return self.code in _ROW

    @property
    def concerns_the_site(self) -> bool:
        """Whatever is asked for, it would be answered like this: token, rights, maintenance."""
        return self.code in _LATER | _TOKEN | _SWITCHED_OFF | {"accessexception", "nopermissions"}

    @property
    def is_password_policy(self) -> bool:
        """Moodle writes what its policy misses as HTML where the code should be."""
        return "<" in self.code


class MoodleWire:
    """Calls web service functions with a token; the token goes in the body, never in an address."""

    def __init__(self, edge: HttpEdge, token: Token) -> None:
        self._edge = edge
        self._token = token

    @property
    def platform(self) -> str:
        """The platform as error texts name it."""
        return self._edge.platform

    @property
    def base_url(self) -> str:
        """The site's address."""
        return self._edge.base_url

    def ask(self, function: str, fields: Iterable[tuple[str, str]] = ()) -> Any:
        """One call. Raises `MoodleError` for an error object, and the edge's errors for anything less."""
        token = self._token.read()
        # First in the body: PHP drops what is beyond max_input_vars without a word.
        head = [("wstoken", token), ("wsfunction", function), ("moodlewsrestformat", "json")]
        answer = self._edge.send(
            "POST",
            ENDPOINT,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            content=form_body([*head, *fields]),
        )
        if answer.status == 403 and not answer.body.strip():
            text = f"{self.platform} answers 403 with nothing: web services or REST are switched off"
            raise DirectoryRefused(text)
        refuse_trouble(answer, self.platform)
        if not answer.ok:
            raise DirectoryRefused(f"{self.platform} has no web service there: {answer.describe()}")
        reply = answer.json(self.platform)
        if isinstance(reply, dict) and ("exception" in reply or "errorcode" in reply):
            code = str(reply.get("errorcode", ""))
            words = plain_words(reply.get("message") or code, secret=token)
            raise MoodleError(code.replace(token, "***"), words)
        return reply

    def call(self, function: str, fields: Iterable[tuple[str, str]] = ()) -> Any:
        """One call whose errors concern the whole site: raises only Rollcall's directory errors."""
        try:
            return self.ask(function, fields)
        except MoodleError as error:
            raise self.verdict(function, error) from None

    def verdict(self, function: str, error: MoodleError) -> DirectoryUnavailable | DirectoryRefused:
        """What Moodle's error means for the import: wait and try again, or tell a person."""
        said = f"{self.platform} says: {error} ({plain_words(error.code, limit=60)})"
        if error.code in _LATER:
            return DirectoryUnavailable(said)
        if error.code in _TOKEN:
            return DirectoryRefused(f"{said}: make a new token for the service and give it to Rollcall")
        if error.code in _SWITCHED_OFF:
            return DirectoryRefused(f"{said}: switch web services on")
        if error.code in ("accessexception", "invalidrecord"):
            return DirectoryRefused(f"{said}: add the function {function} to the token's service")
        if error.code == "nopermissions":
            return DirectoryRefused(f"{said}: the token's user lacks a capability for {function}")
        return DirectoryRefused(f"{said}, asked for {function}")


def form_body(fields: Iterable[tuple[str, str]]) -> bytes:
    """Form fields as PHP reads them. Our names need no quoting: PHP takes brackets as they are."""
    return "&".join(f"{name}={quote_plus(value, safe='@')}" for name, value in fields).encode("ascii")


def listed(name: str, values: Iterable[str]) -> list[tuple[str, str]]:
    """A list as form fields: `name[0]`, `name[1]` …"""
    return [(f"{name}[{number}]", value) for number, value in enumerate(values)]


def records(name: str, rows: Iterable[Iterable[tuple[str, str]]]) -> list[tuple[str, str]]:
    """A list of records as form fields: `name[0][field]` …; a field may itself be `a[b]`, given as `a][b`."""
    return [(f"{name}[{number}][{field}]", value) for number, row in enumerate(rows) for field, value in row]
