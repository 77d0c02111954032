"""A server's refusal in our own words: no stranger's text reaches a customer."""

import pytest

from bot.runners.refusals import explain_refusal


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("550 5.1.1 <ann@x.test>: user unknown", "there is no such mailbox"),
        ("5.1.10 recipient not found", "there is no mail server for what stands behind the @"),
        ("552 5.2.2 over quota", "the mailbox is full"),
        ("5.2.1 disabled", "the mailbox is switched off"),
        ("4.4.1 no answer", "the mail server there could not be reached"),
        ("554 5.7.1 blocked, call 0900 123", "the mail server there does not take our mail"),
        ("550 go away", "the mail server there refused it"),
        ("", "the mail server there refused it"),
        ("given up after five days: timed out", "the mail server there could not be reached for five days"),
    ],
)
def test_a_refusal_is_told_by_its_code_alone(words: str, said: str) -> None:
    assert explain_refusal(words) == said
