"""What others do with a mailbox of the same mails, each in a program of their own: `peers.py NAME SETTINGS`.

It runs in an environment of its own (`requirements-peers.lock`) and imports nothing of ours. SETTINGS is a
JSON object with the `host`, `port`, `login` and `password` of the mailbox, `ca_file` and an empty `folder`.
It prints how many mails it took and the seconds from the login to the last one.
"""

import json
import logging
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

Settings = dict[str, Any]


def django_mailbox(at: Settings) -> Callable[[], int]:
    """django-mailbox stores every mail and its attachments in its database, and deletes it."""
    import django
    from django.conf import settings

    folder = Path(at["folder"])
    settings.configure(
        INSTALLED_APPS=["django_mailbox"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "mails.db"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        MEDIA_ROOT=str(folder),
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django_mailbox.models import Mailbox

    login, password = quote(at["login"], safe=""), quote(at["password"], safe="")
    mailbox = Mailbox.objects.create(
        name="support", uri=f"imap+ssl://{login}:{password}@{at['host']}:{at['port']}"
    )
    return lambda: sum(1 for _ in mailbox.get_new_mail())


def parsedmarc(at: Settings) -> Callable[[], int]:
    """parsedmarc looks for a report in every mail and moves those without one to a folder."""
    from parsedmarc import get_dmarc_reports_from_mailbox
    from parsedmarc.mail import IMAPConnection

    def work() -> int:
        connection = IMAPConnection(
            at["host"], at["login"], at["password"], at["port"], ssl=True, verify=False
        )
        before = len(connection.fetch_messages("INBOX"))
        get_dmarc_reports_from_mailbox(connection, offline=True, always_use_local_files=True, batch_size=0)
        return before - len(connection.fetch_messages("INBOX"))

    return work


def imap_tools(at: Settings) -> Callable[[], int]:
    """imap-tools fetches every mail and takes it apart, no more."""
    from imap_tools import MailBox

    def work() -> int:
        context = ssl.create_default_context(cafile=at["ca_file"])
        with MailBox(at["host"], at["port"], ssl_context=context).login(at["login"], at["password"]) as box:
            return sum(bool(mail.attachments) for mail in box.fetch(mark_seen=False))

    return work


PEERS = {"django-mailbox": django_mailbox, "parsedmarc": parsedmarc, "imap-tools": imap_tools}


def main() -> int:
    """Prepare, then time the work alone."""
    logging.disable(logging.CRITICAL)
    work = PEERS[sys.argv[1]](json.loads(sys.argv[2]))
    began = time.perf_counter()
    count = work()
    print(json.dumps({"mails": count, "seconds": time.perf_counter() - began}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
