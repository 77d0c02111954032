"""Answers, bounds and words of the one way to a platform."""

import httpx
import pytest

from bot.directories.deadline import Deadline
from bot.directories.http import Answer, HttpEdge, Token, plain_words, refuse_trouble, retry_after
from bot.errors import ConfigurationError, DirectoryRefused, DirectoryUnavailable


def an_answer(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=body)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 401, 403, 407])
def test_what_will_not_get_better_is_for_a_person(status: int) -> None:
    with pytest.raises(DirectoryRefused, match=str(status)):
        refuse_trouble(an_answer(status), "Moodle")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_get_better_is_waited_for(status: int) -> None:
    with pytest.raises(DirectoryUnavailable) as caught:
        refuse_trouble(an_answer(status, retry_after="7"), "Moodle")
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("status", [200, 201, 204, 400, 404, 409, 413, 501])
def test_what_depends_on_the_request_is_left_to_the_connector(status: int) -> None:
    refuse_trouble(an_answer(status), "Moodle")


def test_a_redirect_names_the_place_but_not_its_query() -> None:
    with pytest.raises(DirectoryRefused) as caught:
        refuse_trouble(an_answer(302, location="https://sso.example.com/login?token=secret"), "Moodle")
    assert "https://sso.example.com/login" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "999999999"}, 86_400.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_the_pause_asked_for_is_read_without_a_clock_of_ours(
    headers: dict[str, str], pause: float | None
) -> None:
    assert retry_after(headers) == pause


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html><title>Log in | My site</title>", 'a web page titled "Log in | My site"'),
        (b"", "with nothing"),
        (b"<EXCEPTION/>", "with something else"),
        (b"[" * 200_000, "with something else"),
        (b"\xff\xfe", "with something else"),
    ],
)
def test_an_answer_that_is_not_json_is_described(body: bytes, words: str) -> None:
    with pytest.raises(DirectoryUnavailable, match="instead of JSON") as caught:
        an_answer(body=body).json("Moodle")
    assert words in str(caught.value)


def test_a_platforms_words_are_one_clean_line_without_our_token() -> None:
    assert plain_words("<div>Too   short\n\x1b[31m &amp; <b>weak</b></div>") == "Too short [31m & weak"
    assert plain_words("bad token abc123!", secret="abc123") == "bad token ***!"
    assert len(plain_words("x" * 5000)) == 200


def test_a_token_is_never_shown() -> None:
    assert "s3cret" not in repr(Token("s3cret"))
    assert Token(lambda: " s3cret\n").read() == "s3cret"


@pytest.mark.parametrize("token", ["", "  ", "two words", "línea", "a\nb"])
def test_a_token_that_no_header_can_carry_is_a_mistake_of_the_configuration(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Token(token).read()
    assert not token.strip() or token not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "moodle.example.com",
        "ftp://x",
        "https://",
        "https://u:p@x.com",
        "https://x.com/?token=1",
        "https://x/#a",
    ],
)
def test_an_address_that_is_none_or_holds_secrets_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        HttpEdge(url, platform="Moodle")
    assert "token=1" not in str(caught.value)


def test_a_missing_ca_file_names_itself() -> None:
    with pytest.raises(ConfigurationError, match=r"/no/such\.pem"):
        HttpEdge("https://x.example", platform="Moodle", ca_file="/no/such.pem")


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("x"),
        httpx.ConnectTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("x"),
        httpx.ReadError("x"),
        httpx.DecodingError("x"),
    ],
)
def test_every_trouble_on_the_way_is_temporary(error: httpx.HTTPError) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    edge = HttpEdge("https://x.example", platform="Moodle", transport=httpx.MockTransport(fail))
    with pytest.raises(DirectoryUnavailable, match=r"x\.example"):
        edge.send("GET")


def test_an_untrusted_certificate_is_for_a_person() -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")

    edge = HttpEdge("https://x.example", platform="Moodle", transport=httpx.MockTransport(fail))
    with pytest.raises(DirectoryRefused, match="ca_file"):
        edge.send("GET")


def test_a_deadline_cuts_every_timeout_to_what_is_left() -> None:
    now = [100.0]
    deadline = Deadline(lambda: now[0])
    assert deadline.left(5.0) == 5.0
    with deadline.within(10.0):
        assert deadline.left(30.0) == 10.0
        now[0] += 8
        assert deadline.left(None) == 2.0
        assert deadline.left(1.0) == 1.0
        now[0] += 3
        with pytest.raises(TimeoutError):
            deadline.left(1.0)
    assert deadline.left(None) is None
