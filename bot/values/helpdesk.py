"""A helpdesk whose mails speak for somebody else."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Helpdesk:
    """Its address, which must be proven like any sender's, and where its mails name the requester.

    `requester_header` is the name of a header field, `requester_line` how a line of the text begins.
    """

    name: str
    address: str
    requester_header: str = ""
    requester_line: str = ""
