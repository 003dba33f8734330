"""From where a key may be used: addresses and networks of IPv4 and IPv6. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bot.web.client_ip import is_trusted, parse_address
from partner_api.keys.errors import WrongKeyRequest

MAX_ENTRIES = 100
# A mapped network of /96 or narrower is one of IPv4.
MAPPED_BITS = 96
_ENTRY = re.compile(r"(?P<address>[0-9a-f:.]+)(?:/(?P<bits>[0-9]{1,3}))?", re.IGNORECASE)

Network = IPv4Network | IPv6Network


def allow_list(entries: Sequence[str]) -> list[str]:
    """`entries` as they are stored: networks in canonical form, each once; IPv4-mapped ones as IPv4.

    An entry is an address (`203.0.113.7`, `2001:db8::7`) or a network in CIDR notation. Raises WrongKeyRequest
    (400), whose message says what is wrong with which.
    """
    if len(entries) > MAX_ENTRIES:
        raise WrongKeyRequest(f"At most {MAX_ENTRIES} addresses and networks can be allowed.")
    return list(dict.fromkeys(_canonical(_network(entry)) for entry in entries))


def is_allowed(client: str, allowed: Sequence[str]) -> bool:
    """Whether the address `client` is in one of the stored networks; an empty list allows every address."""
    if not allowed:
        return True
    address = parse_address(client)
    return address is not None and is_trusted(address, _networks(tuple(allowed)))


def _network(entry: str) -> Network:
    found = _ENTRY.fullmatch(entry.strip())
    if found is None:
        raise _wrong(entry, "is neither an IP address nor a network such as 203.0.113.0/24")
    try:
        address = ip_address(found["address"])
    except ValueError:
        raise _wrong(entry, "is not an IP address") from None
    bits = address.max_prefixlen if found["bits"] is None else int(found["bits"])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None and bits >= MAPPED_BITS:
        address, bits = address.ipv4_mapped, bits - MAPPED_BITS
    return _checked(entry, address, bits)


def _checked(entry: str, address: IPv4Address | IPv6Address, bits: int) -> Network:
    if bits > address.max_prefixlen:
        raise _wrong(entry, f"has a prefix longer than {address.max_prefixlen} bits")
    network = ip_network((address, bits), strict=False)
    if network.network_address != address:
        raise _wrong(entry, f"has bits set beyond its prefix: write {_canonical(network)} or the one address")
    if bits == address.max_prefixlen and address.is_unspecified:
        raise _wrong(entry, "is nobody's address: leave the list empty to allow every address")
    if network.is_multicast:
        raise _wrong(entry, "is for multicast, and nobody calls from there")
    return network


def _canonical(network: Network) -> str:
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _wrong(entry: str, reason: str) -> WrongKeyRequest:
    return WrongKeyRequest(f"allowed_ips: {entry.strip()[:64]!r} {reason}.")


@lru_cache(maxsize=1024)
def _networks(allowed: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(entry) for entry in allowed)
