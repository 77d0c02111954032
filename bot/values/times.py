"""Times as people read them, in mails and on pages."""

from datetime import UTC, datetime


def readable_time(when: float) -> str:
    """Epoch seconds as '30 November 2026, 09:15 UTC'."""
    moment = datetime.fromtimestamp(when, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
