"""The subject of a reply: the customer's own, with `Re:` before it exactly once."""

import re

from bot.reply.clean import LIMITS, one_line

# "Re" as mail programs write it in other languages; RFC 5322 §3.6.5 knows only "Re: ". Forward marks
# (Fwd, WG, TR) stay: they say what the customer did.
_REPLY_MARK = re.compile(
    r"(?:re|ré|aw|antw|sv|vs|odp|res|rif|r|ynt|atb|απ|回复|回覆|答复|答覆|返信)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    re.IGNORECASE,
)
_TAG = re.compile(r"\[[^\[\]]{1,60}\]\s*")


def bare_subject(subject: str) -> str:
    """The subject without any chain of reply marks; tags such as "[External]" before or between stay."""
    rest, tags = one_line(subject, 1000), ""
    while rest:
        if mark := _REPLY_MARK.match(rest):
            rest = rest[mark.end() :]
        elif (tag := _TAG.match(rest)) and tag.group().strip() not in tags:
            tags += tag.group().strip() + " "
            rest = rest[tag.end() :]
        elif tag:
            rest = rest[tag.end() :]
        else:
            break
    return one_line(tags + rest, LIMITS["subject"])
