from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.webhooks.addresses import DENIED_V4, DENIED_V6, GLOBAL_UNICAST_V6, NAT64, is_public

INSIDE_V4 = st.sampled_from(DENIED_V4).flatmap(lambda network: st.ip_addresses(network=network))
INSIDE_V6 = st.sampled_from(DENIED_V6).flatmap(lambda network: st.ip_addresses(network=network))


def embedded(prefix: str, address: IPv4Address) -> IPv6Address:
    return IPv6Address(int(IPv6Address(prefix)) | int(address))


@given(address=INSIDE_V4)
def test_no_address_of_a_denied_network_is_public(address: IPv4Address) -> None:
    assert not is_public(address)


@given(address=INSIDE_V6)
def test_no_address_of_a_denied_ipv6_network_is_public(address: IPv6Address) -> None:
    assert not is_public(address)


@given(address=st.ip_addresses(v=6).filter(lambda address: address not in GLOBAL_UNICAST_V6))
def test_no_ipv6_address_outside_global_unicast_is_public(address: IPv6Address) -> None:
    v4 = IPv4Address(int(address) & 0xFFFF_FFFF)
    assert not is_public(address) or (address == embedded("64:ff9b::", v4) and is_public(v4))


@given(address=st.ip_addresses().filter(lambda address: address not in NAT64))
def test_nothing_is_public_that_python_knows_to_be_otherwise(address: IPv4Address | IPv6Address) -> None:
    otherwise = address.is_private or address.is_multicast or address.is_reserved or address.is_link_local
    assert not (is_public(address) and otherwise)


@given(address=st.ip_addresses(v=4))
def test_an_address_of_nat64_is_judged_by_what_it_carries(address: IPv4Address) -> None:
    assert is_public(embedded("64:ff9b::", address)) == is_public(address)


@given(address=st.ip_addresses(v=4), prefix=st.sampled_from(["::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b:1::"]))
def test_other_forms_that_carry_an_ipv4_address_are_never_public(address: IPv4Address, prefix: str) -> None:
    assert not is_public(embedded(prefix, address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2404:6800:4012::200e"],
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fe80::a9fe:a9fe"],
)
def test_where_clouds_keep_their_metadata_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


def test_an_address_with_a_zone_is_not_public() -> None:
    assert not is_public(IPv6Address("2606:4700::1111%eth0"))
