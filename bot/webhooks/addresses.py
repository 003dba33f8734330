"""Is this IP address one of the public internet? Pure: no name is looked up.

Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

DENIED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # This network (RFC 791)
        "10.0.0.0/8",  # Private use (RFC 1918)
        "100.64.0.0/10",  # Shared by carriers (RFC 6598); some clouds' metadata
        "127.0.0.0/8",  # Loopback
        "168.63.129.16/32",  # Azure's inside services: a public number that only its machines reach
        "169.254.0.0/16",  # Link local (RFC 3927); most clouds' metadata
        "172.16.0.0/12",  # Private use
        "192.0.0.0/24",  # IETF protocol assignments (RFC 6890); Oracle's metadata
        "192.0.2.0/24",  # Documentation (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT (RFC 7450)
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "192.168.0.0/16",  # Private use
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # Benchmarking (RFC 2544)
        "198.51.100.0/24",  # Documentation
        "203.0.113.0/24",  # Documentation
        "224.0.0.0/4",  # Multicast
        "240.0.0.0/4",  # Reserved, and limited broadcast
    )
)
# Of IPv6 this one block is handed out to the internet. Everything else is loopback, unspecified,
# mapped or compatible IPv4, unique local, link or site local, multicast, discard, or unassigned.
GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
DENIED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, ORCHID (RFC 2928)
        "2001:db8::/32",  # Documentation (RFC 3849)
        "2002::/16",  # 6to4, which carries an IPv4 address; deprecated (RFC 7526)
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # Documentation (RFC 9637)
    )
)
# What a DNS64 resolver gives for a server that has IPv4 alone (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether `address` belongs to a machine on the public internet, as far as numbers can tell.

    An address of NAT64 is judged by the IPv4 address in its last 32 bits. Every other form that
    carries an IPv4 address (mapped, compatible, 6to4, Teredo) is refused, whatever it carries.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in DENIED_V4)
    if address.scope_id is not None:
        return False
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in GLOBAL_UNICAST_V6 and address.is_global and not any(address in net for net in DENIED_V6)
