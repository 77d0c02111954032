"""What delivered mails tell of the mail server: its name, and whether it takes forgeries away."""

from collections import Counter

import pytest

from bot.app.anchor import NAMELESS, Evidence, judge, topmost_server
from bot.mail.parse import parse_message
from bot.ports import Health
from bot.settings.tables import VerificationSettings

GOOGLE = "Authentication-Results: mx.google.com; dmarc=pass header.from=customer.test\r\n"
MICROSOFT = "Authentication-Results: spf=pass smtp.mailfrom=x.test; dmarc=pass header.from=x.test\r\n"
REST = "From: a@customer.test\r\nSubject: x\r\n\r\nx"


@pytest.mark.parametrize(
    ("head", "server"),
    [
        (f"Received: from a by b\r\n{GOOGLE}", "mx.google.com"),
        (MICROSOFT, NAMELESS),
        (f"{GOOGLE}Authentication-Results: other.test; spf=none\r\n", "mx.google.com"),
        ("Subject: first\r\n" + GOOGLE, None),
        ("Authentication-Results: \r\n", None),
        ("", None),
    ],
)
def test_the_topmost_result_that_came_on_the_way_counts(head: str, server: str | None) -> None:
    assert topmost_server(parse_message(f"{head}{REST}".encode())) == server


@pytest.mark.parametrize(
    ("names", "verification", "health", "mend"),
    [
        ({"mx.google.com": 9}, {"authserv_id": ["MX.google.com"]}, Health.OK, ""),
        ({"mx.google.com": 9}, {"authserv_id": ["mx.a.test"]}, Health.FAILED, '["mx.google.com"]'),
        ({NAMELESS: 3}, {"trust": "topmost-without-id"}, Health.OK, ""),
        ({NAMELESS: 3}, {}, Health.FAILED, "topmost-without-id"),
        ({}, {}, Health.WARNING, "from outside"),
    ],
)
def test_what_is_seen_is_held_against_what_is_trusted(
    names: dict[str, int], verification: dict[str, object], health: Health, mend: str
) -> None:
    evidence = Evidence(mails=9, names=Counter(names))
    line = next(iter(judge(evidence, VerificationSettings.model_validate(verification))))
    assert line.health is health
    assert mend in line.mend


@pytest.mark.parametrize(("left", "health"), [((), Health.OK), (("mx.a.test",), Health.FAILED)])
def test_a_forgery_that_is_delivered_fails_the_check(left: tuple[str, ...], health: Health) -> None:
    evidence = Evidence(mails=1, forged=frozenset({"mx.a.test"}), left=frozenset(left))
    lines = {line.subject: line for line in judge(evidence, VerificationSettings())}
    assert lines["forged results"].health is health
