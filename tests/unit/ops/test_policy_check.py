"""What `rollcall check` says of choices: secrets that end, a page everybody can see, nobody to trust."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.app.policy_check import check_policy
from bot.app.portal_check import check_links, compare_clocks
from bot.ports import CheckLine, Health
from tests.unit.settings_builders import SUPPORT, a_configuration

TODAY = datetime.now(UTC).date()


def lines(**changes: Any) -> dict[str, CheckLine]:
    return {line.subject: line for line in check_policy(a_configuration(**changes))}


@pytest.mark.parametrize(
    ("days", "health"), [(-1, Health.FAILED), (0, Health.FAILED), (30, Health.WARNING), (31, None)]
)
def test_a_secret_that_ends_soon_is_told_in_time(days: int, health: Health | None) -> None:
    oauth = {"provider": "m365", "tenant": "t", "client_id": "c", "client_secret": "hunter2"}
    login = {"host": "x", "username": SUPPORT, "oauth": oauth | {"secret_expires": TODAY + timedelta(days)}}
    line = lines(smtp=login).get("smtp.oauth")
    assert (line.health if line else None) is health
    assert line is None or "hunter2" not in line.detail + line.mend


@pytest.mark.parametrize(
    ("listen", "told"),
    [
        ("0.0.0.0:9108", True),
        ("[::]:9108", True),
        ("10.1.2.3:9108", True),
        ("127.0.0.1:9108", False),
        ("[::1]:9108", False),
        ("localhost:9108", False),
        ("", False),
    ],
)
def test_a_status_page_for_everybody_is_a_warning(listen: str, told: bool) -> None:
    assert ("status page" in lines(ops={"listen": listen})) is told


def test_what_was_left_from_the_example_is_named() -> None:
    found = lines(
        verification={"authserv_id": ["mx.yourcompany.example"]},
        guides={"create_user": "https://h.example/x"},
    )
    line = found["configuration"]
    assert line.health is Health.WARNING
    assert "guides.create_user, " in f"{line.detail}, "
    assert "verification.authserv_id[0]" in line.detail
    assert "configuration" not in lines(staff={"address": "team@a.example.com"})


@pytest.mark.parametrize(
    ("verification", "health"),
    [
        ({}, Health.WARNING),
        ({"mode": "off"}, Health.WARNING),
        ({"dkim": True}, Health.OK),
        ({"trust": "topmost-without-id"}, Health.OK),
        ({"authserv_id": ["mx.a.test"]}, Health.OK),
    ],
)
def test_whom_it_believes_is_told(verification: dict[str, Any], health: Health) -> None:
    line = lines(verification=verification)["sender verification"]
    assert line.health is health
    assert bool(line.mend) is (health is not Health.OK)


@pytest.mark.parametrize(
    ("url", "health"),
    [
        ("https://learn.a.test", Health.OK),
        ("http://localhost:8080", Health.OK),
        ("http://learn.a.test", Health.FAILED),
        ("learn.a.test", Health.FAILED),
        ("", Health.WARNING),
    ],
)
def test_links_go_over_tls_or_stay_on_this_machine(url: str, health: Health) -> None:
    (line,) = check_links(a_configuration(links={"url": url}))
    assert line.health is health


@pytest.mark.parametrize(
    ("seconds", "words"), [(121.0, "ahead of"), (-121.0, "behind"), (119.0, ""), (-119.0, "")]
)
def test_two_clocks_are_compared(seconds: float, words: str) -> None:
    date = "Mon, 23 Nov 2026 12:00:00 GMT"
    then = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
    told = [line.detail for line in compare_clocks(date, then + seconds, "https://a.test")]
    assert bool(told) is bool(words)
    assert all(words in detail for detail in told)
    assert list(compare_clocks("no date", then, "x")) == []
