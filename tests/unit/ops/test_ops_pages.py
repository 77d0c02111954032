"""The operators' pages: health by what is late, figures that parse, a page that names no person."""

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import ConfigurationError
from bot.ops.chart import draw_latencies, said
from bot.ops.facts import Facts, ImportFacts, NodeFacts
from bot.ops.health import reasons_to_worry
from bot.ops.meters import Meters
from bot.ops.pages import Answer, Pages, render_status
from bot.ops.serve import OpsServer, split_listen
from tests.unit.ops.ops_facts import a_ledger, a_mailbox, some_facts

SILENT = lambda event, **details: None  # noqa: E731


def pages(facts: Facts) -> Pages:
    return Pages(look=lambda: facts, meters=Meters(lambda: facts))


# Health


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ledger": None, "fault": "it is full"}, "the database does not serve: it is full"),
        (
            {"mailboxes": (a_mailbox(age=301.0, trouble="refused"),)},
            "last looked at 5 min ago: refused",
        ),
        ({"ledger": a_ledger(outbox_oldest=3601.0)}, "5 letters wait"),
    ],
)
def test_what_is_late_makes_it_unhealthy(changes: dict[str, Any], words: str) -> None:
    facts = some_facts(**changes)
    assert words in reasons_to_worry(facts)[0]
    answer = pages(facts).answer("/healthz")
    assert answer.status == 503
    assert words in json.loads(answer.body)["reasons"][0]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mailboxes": (a_mailbox(age=9999.0, holder=False),)},
        {"mailboxes": (a_mailbox(age=299.0, trouble="a hiccup"),)},
        {"ledger": a_ledger(outbox_failed=9, outbox_oldest=3599.0)},
    ],
    ids=["all well", "another node watches", "a short trouble", "refused letters"],
)
def test_what_mends_itself_does_not(changes: dict[str, Any]) -> None:
    assert pages(some_facts(**changes)).answer("/healthz").status == 200


# Figures


def figures(facts: Facts, meters: Meters | None = None) -> dict[tuple[str, str], float]:
    """(name, first label's value) to value, as Prometheus reads them."""
    text = (meters or Meters(lambda: facts)).exposition().decode()
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, next(iter(sample.labels.values()), "")): sample.value for sample in samples}


def test_the_ledger_is_shown_in_figures() -> None:
    found = figures(some_facts())
    assert found["rollcall_outbox_letters", ""] == 5
    assert found["rollcall_messages_open", "held"] == 2
    assert found["rollcall_messages_open", "set_aside"] == 0
    assert found["rollcall_notices", "sent"] == 40
    assert found["rollcall_mailbox_check_age_seconds", "support"] == 3
    assert found["rollcall_nodes_alive", ""] == 1
    assert found["rollcall_database_up", ""] == 1


def test_a_database_that_is_away_is_a_figure_and_no_error() -> None:
    found = figures(some_facts(ledger=None))
    assert found["rollcall_database_up", ""] == 0
    assert ("rollcall_outbox_letters", "") not in found


def test_a_mailbox_that_another_node_watches_has_no_age_here() -> None:
    found = figures(some_facts(mailboxes=(a_mailbox(holder=False),)))
    assert ("rollcall_mailbox_check_age_seconds", "support") not in found


def test_what_happens_is_counted_from_zero() -> None:
    meters = Meters(some_facts)
    before = figures(some_facts(), meters)
    assert before["rollcall_rows_total", "created"] == 0
    assert before["rollcall_letters_total", "notice"] == 0
    meters.rows.labels("created").inc(3)
    meters.latency.observe(4.0)
    after = figures(some_facts(), meters)
    assert after["rollcall_rows_total", "created"] == 3
    assert after["rollcall_reply_latency_seconds_count", ""] == 1
    assert after["rollcall_reply_latency_seconds_bucket", "5.0"] == 1


# The page


def test_the_page_is_well_formed_and_tells_how_things_stand() -> None:
    page = render_status(some_facts()).decode()
    tree = ElementTree.fromstring(
        re.sub(r"<(meta[^>]*)>", r"<\1/>", page).replace("<!doctype html>", "").replace("&middot;", "·")
    )
    words = " ".join("".join(tree.itertext()).split())
    for expected in (
        "Rollcall is well",
        "RC-7F3K2Q",
        "2.5 s",
        "12 created",
        "looked at 3.0 s ago",
        "bot-1:7:abc",
    ):
        assert expected in words
    assert tree.findall(".//svg//rect")


def test_the_page_names_no_person_and_no_markup_from_outside() -> None:
    facts = some_facts(
        mailboxes=(a_mailbox(trouble="550 <jane.doe@customer.test> is <script>alert(1)</script>"),),
        ledger=a_ledger(trouble=("a notice letter waits: no such user ann+x@customer.test",)),
    )
    page = render_status(facts).decode()
    assert "jane" not in page
    assert "ann+x" not in page
    assert "customer.test" in page
    assert "<script" not in page
    assert "jane" not in pages(facts).answer("/healthz").body.decode()


def test_a_silent_node_and_an_empty_ledger_are_shown() -> None:
    silent = NodeFacts(name="bot-2", version="1.0", status="well", silent=600.0)
    page = render_status(some_facts(ledger=a_ledger(nodes=(silent,), imports=()))).decode()
    assert "silent for 10 min" in page
    assert "No import has been answered yet." in page
    assert "To see to" in render_status(some_facts(ledger=None, fault="gone")).decode()


def test_in_the_queue_what_needs_a_person_stands_out() -> None:
    page = render_status(some_facts(ledger=a_ledger(messages={"held": 2, "set_aside": 1}))).decode()
    assert '<tr class="ill"><td>set aside for a person</td><td class="number">1</td>' in page
    assert '<tr class=""><td>held for the staff</td><td class="number">2</td>' in page
    assert '<tr class="none"><td>being worked</td><td class="number">0</td>' in page


# The chart


@pytest.mark.parametrize("took", [[0.01], [1.0] * 200, [0.5, 90_000.0, 1e7], [0.0, 3.0], []])
def test_every_bar_stays_inside_the_chart(took: list[float]) -> None:
    chart = draw_latencies(
        [ImportFacts(reference="RC-AAAAAA", received=0.0, took=seconds, state="done") for seconds in took]
    )
    assert len(chart.bars) == min(60, sum(seconds > 0 for seconds in took))
    for bar in chart.bars:
        assert chart.left <= bar.x < bar.x + bar.width <= chart.width
        assert 0 <= bar.y < chart.floor
        assert bar.height > 0
        assert bar.y + bar.height == pytest.approx(chart.floor, abs=0.2)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (59.9, "59 s"), (60, "1 min"), (7300, "2 h"), (200_000, "2 d")],
)
def test_seconds_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert said(seconds) == words


# The server


@contextmanager
def serving(server: OpsServer) -> Iterator[int]:
    """The server while its companion runs, as the service runs it."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = Thread(target=loop.run_until_complete, args=(server.companion(stop),))
    thread.start()
    yield server.port
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def test_it_answers_gets_and_nothing_else() -> None:
    server = OpsServer("127.0.0.1:0", pages(some_facts()).answer, log=SILENT)
    with serving(server) as port:
        told = {}
        for method, path in (("GET", "/healthz"), ("HEAD", "/status"), ("POST", "/status"), ("GET", "/x")):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request(method, path)
            answer = client.getresponse()
            told[method, path] = (answer.status, answer.getheader("Content-Security-Policy"), answer.read())
            client.close()
    assert told["GET", "/healthz"][0] == 200
    assert told["HEAD", "/status"][2] == b""
    assert told["HEAD", "/status"][1].startswith("default-src 'none'")
    assert told["POST", "/status"][0] == 501
    assert told["GET", "/x"][0] == 404


def test_a_page_that_fails_is_logged_and_the_next_is_answered() -> None:
    logged: list[str] = []
    answers = iter([RuntimeError("secret words"), Answer(status=200, content_type="text/plain", body=b"ok")])

    def answer(path: str) -> Answer:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    server = OpsServer("127.0.0.1:0", answer, log=lambda event, **_: logged.append(event))
    with serving(server) as port:
        bodies = []
        for _ in range(2):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/")
            bodies.append(client.getresponse().read())
            client.close()
    assert bodies == [b"See the log.\n", b"ok"]
    assert logged == ["ops_page_failed"]


@pytest.mark.parametrize("listen", ["9108", "127.0.0.1:", "localhost:http", "127.0.0.1:99999"])
def test_a_wrong_address_is_named_with_its_key(listen: str) -> None:
    with pytest.raises(ConfigurationError, match=r"ops\.listen"):
        split_listen(listen)


def test_a_taken_port_is_named_with_its_key() -> None:
    first = OpsServer("127.0.0.1:0", pages(some_facts()).answer, log=SILENT)
    with serving(first) as port, pytest.raises(ConfigurationError, match=r"ops\.listen"):
        OpsServer(f"127.0.0.1:{port}", pages(some_facts()).answer, log=SILENT)
