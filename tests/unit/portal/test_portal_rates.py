"""How often is too often: the arithmetic of turnstiles, and whose neighbours share one."""

from hypothesis import given
from hypothesis import strategies as st

from bot.portal.throttle import neighbourhood, turnstile
from bot.values.portal import Rate

RATE = Rate(burst=3, seconds=10.0)


def test_a_burst_is_let_through_and_then_one_at_a_time() -> None:
    full_at, waits = 0.0, []
    for now in (100.0, 100.0, 100.0, 100.0, 109.0, 110.0, 110.0):
        wait, full_at = RATE.admit(full_at, now)
        waits.append(wait)
    assert waits == [0, 0, 0, 10.0, 1.0, 0, 10.0]


def test_what_is_refused_does_not_count() -> None:
    full_at = 0.0
    for _ in range(100):
        _, full_at = RATE.admit(full_at, 50.0)
    assert RATE.admit(full_at, 60.0)[0] == 0


@given(st.lists(st.floats(0, 30), max_size=200))
def test_no_more_are_let_through_than_the_rate_allows(pauses: list[float]) -> None:
    now, full_at, admitted = 1000.0, 0.0, 0
    for pause in pauses:
        now += pause
        wait, full_at = RATE.admit(full_at, now)
        admitted += not wait
    assert admitted <= RATE.burst + (now - 1000.0) / RATE.seconds + 1e-6


def test_a_visitor_cannot_be_read_from_the_key() -> None:
    key = turnstile("sign in as", "ann@customer.test", RATE).key
    assert "ann" not in key
    assert key != turnstile("sign in from", "ann@customer.test", RATE).key


def test_one_network_of_ipv6_is_one_visitor() -> None:
    assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("2001:db8:1:3::1") != neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("::ffff:192.0.2.1") == "192.0.2.1"
    assert neighbourhood("not an address") == "not an address"
