"""The address of whoever is really calling, behind the proxies that the operator trusts."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
MAX_HOPS = 20


def client_ip(peer: str | None, forwarded_for: Sequence[str], trusted: Networks) -> str:
    """The right-most address that isn't a trusted proxy's, or an empty string for a Unix socket.

    `peer` is the connection's other end; `forwarded_for` are all X-Forwarded-For headers in their
    order. Only what a trusted proxy wrote counts: anybody can send the left part of that header.
    """
    nearest = parse_address(peer or "")
    if nearest is None:
        return peer or ""
    if not trusted or not forwarded_for or not is_trusted(nearest, trusted):
        return str(nearest)
    hops = ",".join(forwarded_for).split(",")
    for hop in hops[: -MAX_HOPS - 1 : -1]:
        address = parse_address(hop)
        if address is None:
            break
        nearest = address
        if not is_trusted(nearest, trusted):
            break
    return str(nearest)


def parse_address(text: str) -> Address | None:
    """An address out of `1.2.3.4`, `1.2.3.4:567`, `::1` or `[::1]:567`; IPv4-mapped IPv6 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_trusted(address: Address, trusted: Networks) -> bool:
    """Whether `address` lies in one of the trusted networks."""
    return any(address in network for network in trusted)
