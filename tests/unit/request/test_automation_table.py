"""No machine is answered, and hardly a person is taken for one."""

import re
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from bot.mail.machine_words import subject_begins_with
from bot.mail.parse import parse_message
from bot.request.automation import SIGNS, find_sign
from bot.request.screen import Facts, SheetFact, Thread, screen_message
from bot.values.request import Answer, Decision, Sender, Sign, Strength, Verified, Wishes
from fixtures.automatic.build import Case, case
from fixtures.automatic.machines import MACHINES
from fixtures.automatic.people import PEOPLE
from fixtures.automatic.wordings import PEOPLES_WORDINGS, WORDINGS

OURS = frozenset({"support@yourcompany.example"})
PROVEN = Sender(address="dana@acme.example", customer="Acme", verified=Verified.YES, why="dmarc=pass")


def _never(_: str) -> bool:
    return False


def sign_of(mail: Case, own: Callable[[str], bool] = _never) -> Sign | None:
    return find_sign(parse_message(mail.raw), own_addresses=OURS, own_message_ids=own)


def test_every_word_of_a_machine_is_written_in_small_letters() -> None:
    lists = tomllib.loads((files("bot.mail") / "machine.toml").read_text(encoding="utf-8"))
    written = [re.sub(r"\\[A-Z]", "", pattern) for patterns in lists.values() for pattern in patterns]
    assert [pattern for pattern in written if pattern != pattern.lower()] == []


@pytest.mark.parametrize(
    "subject", ["OTOMATİK YANIT", "Otomatik Yanit: izin", "OFİS DIŞINDA", "ofis dışında"]
)
def test_turkish_letters_are_known_in_both_sizes(subject: str) -> None:
    assert subject_begins_with("away", subject)


@pytest.mark.parametrize("mail", [*MACHINES, *WORDINGS], ids=lambda mail: mail.name)
def test_a_machines_mail_shows_a_sign(mail: Case) -> None:
    assert sign_of(mail) is not None


@pytest.mark.parametrize("mail", [*MACHINES, *WORDINGS], ids=lambda mail: mail.name)
def test_a_machines_mail_is_not_answered_even_where_it_reads_like_a_request(mail: Case) -> None:
    stranger = Sender(address="x@else.example", customer="", verified=Verified.UNKNOWN, why="")
    facts = Facts(
        sender=stranger,
        sign=sign_of(mail),
        wishes=Wishes(upload=True),
        answer=Answer.YES,
        thread=Thread.KNOWN,
    )

    assert screen_message(facts).decision is Decision.IGNORE


@pytest.mark.parametrize("mail", [*PEOPLE, *PEOPLES_WORDINGS], ids=lambda mail: mail.name)
def test_a_persons_mail_shows_no_sign(mail: Case) -> None:
    assert sign_of(mail) is None


def test_the_corpora_are_as_large_as_they_should_be() -> None:
    assert len(MACHINES) >= 60
    assert len(PEOPLE) >= 40
    assert len({mail.name for mail in (*MACHINES, *PEOPLE)}) == len(MACHINES) + len(PEOPLE)


def test_every_rule_of_the_table_is_shown_by_a_mail_or_by_our_own_message_id() -> None:
    shown = {sign.name for mail in MACHINES if (sign := sign_of(mail))}
    own = sign_of(PEOPLE[0], own=lambda message_id: message_id.endswith("@else.example>"))
    extra = [
        case("loop", "Dana <dana@acme.example>", "Hi", "Hi.", "X-Loop: support@acme.example"),
        case("campaign", "Dana <dana@acme.example>", "Hi", "Hi.", "Feedback-ID: 1:2:3:acme"),
        case("quota", "Admin <admin@acme.example>", "Mailbox full"),
        case("list only", "Dana <dana@acme.example>", "Hi", "Hi.", "List-Id: <a.acme.example>"),
        case("failed", "Admin <admin@acme.example>", "Hi", "Hi.", "X-Failed-Recipients: ada@acme.example"),
        case("autoresponse", "Dana <dana@acme.example>", "Hi", "Hi.", "Preference: auto_reply"),
        case("program", "Dana <dana@acme.example>", "Hi", "Hi.", "X-Mailer: Vacation 1.2.7"),
    ]
    shown |= {sign.name for mail in extra if (sign := sign_of(mail))} | {own.name if own else ""}

    assert shown == {rule.name for rule in SIGNS}


def test_the_surest_sign_is_the_one_that_is_told() -> None:
    both = case("both", "no-reply@acme.example", "Automatic reply", "x", "Auto-Submitted: auto-replied")

    assert sign_of(both) == Sign(name="Auto-Submitted", strength=Strength.STRONG)


def test_a_sheet_of_a_proven_customer_is_worked_under_a_weak_sign_but_not_under_a_strong_one() -> None:
    weak, strong = Sign(name="w", strength=Strength.WEAK), Sign(name="s", strength=Strength.STRONG)

    def decide(sign: Sign) -> Decision:
        return screen_message(
            Facts(sender=PROVEN, sign=sign, sheet=SheetFact.USABLE, customer="Acme")
        ).decision

    assert decide(weak) is Decision.IMPORT
    assert decide(strong) is Decision.IGNORE


def test_our_own_mail_is_known_by_our_address_in_any_writing() -> None:
    shouted = case("shouted", "SUPPORT@YourCompany.Example", "Re: Hi")

    assert sign_of(shouted) == Sign(name="our own address", strength=Strength.STRONG)


def test_a_subject_of_a_million_characters_is_judged_at_once() -> None:
    assert sign_of(case("long", "Dana <dana@acme.example>", "out of the " * 90_000)) is None
