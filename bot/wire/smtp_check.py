"""What `rollcall check` says of the SMTP server: connection, encryption, login; no mail is sent."""

import ssl

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.errors import DeliveryDeferred, DeliveryRefused, LoginRefused
from bot.ports import CheckLine
from bot.wire.checks import check_certificate, connection_mend, failed, login_mend, ok
from bot.wire.security import Credentials, Security
from bot.wire.smtp_errors import connecting, one_line
from bot.wire.smtp_session import SmtpServer, connect, log_in, say_goodbye


async def check_server(
    server: SmtpServer,
    context: ssl.SSLContext | None,
    credentials: Credentials | None,
    our_name: str,
    sender: str,
) -> list[CheckLine]:
    """Each step in order, as far as it gets, each failure with its mend."""
    lines: list[CheckLine] = []
    try:
        client = await connect(server, context, our_name)
    except DeliveryDeferred as error:
        return [failed("SMTP connection", error, connection_mend(error, "smtp"))]
    try:
        lines.append(ok("SMTP connection", f"{server} answers"))
        lines.append(check_certificate("SMTP encryption", client.get_transport_info("ssl_object")))
        lines.append(await _login(client, server, credentials))
        lines.append(ok("SMTP limits", _limits(client)))
        if sender:
            lines.append(await _may_send(client, sender))
    except (LoginRefused, DeliveryDeferred) as error:
        in_clear = server.security is Security.NONE
        mend = login_mend(credentials, "smtp", error, in_clear=in_clear)
        lines.append(failed("SMTP login", error, mend))
    finally:
        await say_goodbye(client, server.timeout)
    return lines


async def _login(client: SMTP, server: SmtpServer, credentials: Credentials | None) -> CheckLine:
    if credentials is None:
        return ok("SMTP login", "not configured: the server takes our mail by our network address")
    with connecting(str(server)):
        await log_in(client, credentials, str(server))
    return ok("SMTP login", f"logged in as {credentials.username}")


async def _may_send(client: SMTP, sender: str) -> CheckLine:
    """Begin a mail from the sender to itself and take it back: nothing is sent."""
    try:
        await client.mail(sender)
        await client.rcpt(sender)
    except SMTPResponseException as error:
        words = DeliveryRefused(f"{sender} may not send here: {error.code} {one_line(error.message)}")
        mend = "Let this login send as that address, or log in to SMTP with an account that may."
        return failed("SMTP sender", words, mend)
    except (SMTPException, OSError, ValueError) as error:
        return failed("SMTP sender", error, connection_mend(error, "smtp"))
    return ok("SMTP sender", f"{sender} may send")


def _limits(client: SMTP) -> str:
    size = client.esmtp_extensions.get("size", "")
    words = f"mails up to {int(size):,} bytes" if size.isdigit() and int(size) else "no size limit told"
    return words if client.supports_extension("smtputf8") else f"{words}; ASCII addresses only (no SMTPUTF8)"
