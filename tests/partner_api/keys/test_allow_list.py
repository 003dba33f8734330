"""Where a key may be used from: what a list lets through, and what no list may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.keys.allow_list import MAX_ENTRIES, allow_list, is_allowed
from partner_api.keys.errors import WrongKeyRequest

# (list, the client's address, whether it is let through)
CASES = [
    ([], "203.0.113.7", True),
    ([], "2001:db8::7", True),
    ([], "", True),
    (["203.0.113.7"], "203.0.113.7", True),
    (["203.0.113.7"], "203.0.113.8", False),
    (["203.0.113.7"], "203.0.113.70", False),
    (["203.0.113.7/32"], "203.0.113.7", True),
    (["203.0.113.7/32"], "203.0.113.6", False),
    (["203.0.113.0/24"], "203.0.113.0", True),
    (["203.0.113.0/24"], "203.0.113.255", True),
    (["203.0.113.0/24"], "203.0.114.0", False),
    (["203.0.113.0/24"], "203.0.112.255", False),
    (["203.0.113.128/25"], "203.0.113.127", False),
    (["203.0.113.128/25"], "203.0.113.128", True),
    (["203.0.113.4/31"], "203.0.113.5", True),
    (["203.0.113.4/31"], "203.0.113.6", False),
    (["10.0.0.0/8"], "10.255.255.255", True),
    (["10.0.0.0/8"], "11.0.0.0", False),
    (["0.0.0.0/0"], "198.51.100.1", True),
    (["0.0.0.0/0"], "2001:db8::1", False),
    (["::/0"], "2001:db8::1", True),
    (["::/0"], "198.51.100.1", False),
    (["203.0.113.7"], "::ffff:203.0.113.7", True),
    (["203.0.113.7"], "::ffff:cb00:7107", True),
    (["203.0.113.7"], "::ffff:203.0.113.8", False),
    (["203.0.113.0/24"], "::ffff:203.0.113.200", True),
    (["::ffff:203.0.113.7"], "203.0.113.7", True),
    (["::ffff:203.0.113.7"], "::ffff:203.0.113.7", True),
    (["::ffff:203.0.113.0/120"], "203.0.113.9", True),
    (["::ffff:203.0.113.0/120"], "203.0.114.9", False),
    (["203.0.113.7"], "::203.0.113.7", False),
    (["203.0.113.7"], "64:ff9b::203.0.113.7", False),
    (["203.0.113.7"], "2002:cb00:7107::", False),
    (["2001:db8::7"], "2001:db8::7", True),
    (["2001:db8::7"], "2001:0db8:0000:0000:0000:0000:0000:0007", True),
    (["2001:DB8::7"], "2001:db8::7", True),
    (["2001:db8::7"], "2001:db8::8", False),
    (["2001:db8::/32"], "2001:db8:ffff:ffff::1", True),
    (["2001:db8::/32"], "2001:db9::1", False),
    (["2001:db8::/127"], "2001:db8::1", True),
    (["2001:db8::/127"], "2001:db8::2", False),
    (["2001:db8::7"], "203.0.113.7", False),
    (["fe80::/64"], "fe80::1%eth0", True),
    (["::1"], "::1", True),
    (["::1"], "127.0.0.1", False),
    (["127.0.0.1"], "::1", False),
    (["203.0.113.7", "2001:db8::/48", "10.1.0.0/16"], "10.1.2.3", True),
    (["203.0.113.7", "2001:db8::/48", "10.1.0.0/16"], "2001:db8:0:5::9", True),
    (["203.0.113.7", "2001:db8::/48", "10.1.0.0/16"], "10.2.0.1", False),
    (["203.0.113.7"], "", False),
    (["203.0.113.7"], "unix:", False),
    (["203.0.113.7"], "203.0.113.7, 10.0.0.1", False),
    (["203.0.113.7"], "203.0.113.007", False),
    (["203.0.113.7"], "3405803783", False),
    ([" 203.0.113.7 "], "203.0.113.7", True),
]


@pytest.mark.parametrize(("entries", "client", "allowed"), CASES)
def test_an_address_is_let_through_or_not(entries: list[str], client: str, allowed: bool) -> None:
    assert is_allowed(client, allow_list(entries)) is allowed


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("", "neither"),
        ("localhost", "neither"),
        ("example.com", "neither"),
        ("10.0.0.*", "neither"),
        ("10.0.0.1-10.0.0.9", "neither"),
        ("10.0.0.0/255.255.255.0", "neither"),
        ("10.0.0.0/", "neither"),
        ("10.0.0.0/-1", "neither"),
        ("fe80::1%eth0", "neither"),
        ("[::1]", "neither"),
        ("10.0.0.1, 10.0.0.2", "neither"),
        ("10.0.0.1\n", ""),
        ("１０.0.0.1", "neither"),
        ("10.0.0", "not an IP address"),
        ("010.0.0.1", "not an IP address"),
        ("2130706433", "not an IP address"),
        ("10.0.0.256", "not an IP address"),
        ("1.2.3.4:80", "not an IP address"),
        ("10.0.0.0/33", "longer than 32 bits"),
        ("::/129", "longer than 128 bits"),
        ("10.0.0.5/24", "write 10.0.0.0/24 or"),
        ("2001:db8::1/64", "write 2001:db8::/64 or"),
        ("::ffff:10.0.0.5/120", "write 10.0.0.0/24 or"),
        ("0.0.0.0/32", "leave the list empty"),
        ("::", "leave the list empty"),
        ("224.0.0.0/4", "multicast"),
        ("ff02::1", "multicast"),
    ],
)
def test_nonsense_is_refused_with_a_reason(entry: str, reason: str) -> None:
    if not reason:
        assert allow_list([entry]) == ["10.0.0.1"]
        return
    with pytest.raises(WrongKeyRequest, match=reason):
        allow_list([entry])


def test_a_list_is_stored_in_one_form() -> None:
    given = ["203.0.113.7/32", "::FFFF:203.0.113.7", "2001:DB8:0::/48", "203.0.113.7"]
    assert allow_list(given) == ["203.0.113.7", "2001:db8::/48"]


def test_a_list_has_an_end() -> None:
    with pytest.raises(WrongKeyRequest, match="At most 100"):
        allow_list(["10.0.0.1"] * (MAX_ENTRIES + 1))


@given(st.ip_addresses())
def test_every_address_is_let_through_by_itself_alone(address: object) -> None:
    try:
        stored = allow_list([str(address)])
    except WrongKeyRequest:
        return
    assert is_allowed(str(address), stored)
    assert not is_allowed("203.0.113.99" if str(address) != "203.0.113.99" else "::9", stored)
