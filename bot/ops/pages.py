"""What each address of the operators' port answers; GET only, and nothing in it changes anything."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.ops.chart import draw_latencies, said
from bot.ops.facts import Facts
from bot.ops.health import reasons_to_worry
from bot.ops.meters import Meters

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
STATES = (
    ("received", "waiting to be worked"),
    ("working", "being worked"),
    ("waiting", "waiting for a platform"),
    ("held", "held for the staff"),
    ("set_aside", "set aside for a person"),
)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@([\w.-]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """`look` gives the facts of the moment."""

    look: Callable[[], Facts]
    meters: Meters

    def answer(self, path: str) -> Answer:
        """The answer to a GET of `path`, whatever it is."""
        match path.partition("?")[0]:
            case "/metrics":
                return Answer(status=200, content_type=PROMETHEUS, body=self.meters.exposition())
            case "/healthz":
                return health_answer(self.look())
            case "/" | "/status":
                return Answer(
                    status=200, content_type="text/html; charset=utf-8", body=render_status(self.look())
                )
            case _:
                words = b"There are /status, /healthz and /metrics.\n"
                return Answer(status=404, content_type="text/plain; charset=utf-8", body=words)


def health_answer(facts: Facts) -> Answer:
    """200 or 503, and why as JSON."""
    reasons = [without_people(reason) for reason in reasons_to_worry(facts)]
    told = {"status": "failing" if reasons else "ok", "reasons": reasons, "version": facts.version}
    body = (json.dumps(told) + "\n").encode()
    return Answer(status=503 if reasons else 200, content_type="application/json", body=body)


def render_status(facts: Facts) -> bytes:
    """The status page."""
    ledger = facts.ledger
    page = (
        _environment()
        .get_template("status.html.j2")
        .render(
            facts=facts,
            ledger=ledger,
            reasons=reasons_to_worry(facts),
            states=STATES,
            chart=draw_latencies(ledger.imports) if ledger else None,
        )
    )
    return page.encode()


def without_people(text: str) -> str:
    """Server's words quote addresses: of these only the domain is shown."""
    return _ADDRESS.sub(r"…@\1", text)


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M:%S")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("bot.ops"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(said=said, moment=_moment, without_people=without_people)
    return made
