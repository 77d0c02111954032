"""Why a connection failed, in words for the operator: the same for IMAP and SMTP."""

import socket
import ssl
from collections.abc import Iterator


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the nearest first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def tls_trouble(error: BaseException) -> str | None:
    """What went wrong in TLS; None where `error` has nothing to do with TLS."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message.rstrip('.')}"
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLWantReadError | ssl.SSLEOFError):
            return f"TLS failed ({cause.reason or cause}): is this a TLS port?"
    return None


def connection_trouble(error: BaseException, server: str) -> str | None:
    """What went wrong on the way to the server; None where it is something that the server said."""
    if (trouble := tls_trouble(error)) is not None:
        return f"The mail server {server} cannot be trusted: {trouble}"
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            return f"The name of the mail server {server} cannot be resolved"
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens at {server}"
        if isinstance(cause, TimeoutError):
            return f"The mail server {server} did not answer in time"
    return None
