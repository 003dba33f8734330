from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.client_ip import client_ip

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("::ffff:10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, garbage"], "10.0.0.1"),
        (None, ["198.51.100.1"], ""),
    ],
)
def test_the_right_most_untrusted_address_is_the_caller(peer: str | None, forwarded: list[str], expected: str) -> None:
    assert client_ip(peer, forwarded, TRUSTED) == expected


def test_without_trusted_proxies_the_header_counts_for_nothing() -> None:
    assert client_ip("10.0.0.1", ["198.51.100.1"], ()) == "10.0.0.1"


@given(st.lists(st.text()))
def test_no_header_breaks_it(forwarded: list[str]) -> None:
    client_ip("10.0.0.1", forwarded, TRUSTED)
