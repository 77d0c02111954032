"""By hand: `python -m tests.servers install` brings the servers; `mail` keeps a mail lab up to play with."""

import argparse
import signal
import threading

from tests.servers.install import install
from tests.servers.mail import MailLab
from tests.servers.place import LabOptions


def keep_mail_up(options: LabOptions) -> None:
    """Start a lab, print how to reach it, and stop it on Ctrl-C or SIGTERM."""
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    with MailLab(options) as lab:
        print(lab.describe(), flush=True)
        enough.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="apt-get install what is missing; starts no service")
    mail = commands.add_parser("mail", help="a mail lab until Ctrl-C")
    mail.add_argument("--auth", action="store_true", help="with real DKIM, SPF and DMARC")
    chosen = parser.parse_args()
    if chosen.command == "install":
        install()
    else:
        keep_mail_up(LabOptions(auth=chosen.auth))


if __name__ == "__main__":
    main()
