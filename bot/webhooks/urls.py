"""Read a user-given URL, and refuse every spelling that two programs could read differently.

Pure: no name is looked up. What is read here is exactly what is connected to (`bot.webhooks.guard`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from yarl import URL

from bot.webhooks.addresses import is_public
from bot.webhooks.errors import UnsafeAddress

MAX_URL = 2_048
MAX_HOST = 253
DEFAULT_PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1_024
LAST_PORT = 65_535
# Ports on which stores, queues and consoles listen that read a request as commands, or X11 and IRC,
# which browsers refuse as well (WHATWG Fetch, "bad port"). Below 1024 only the web's own are let through.
DENIED_PORTS = frozenset({
    1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061,
    5432, 5672, 5900, 5984, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001, 9042,
    9092, 9200, 9300, 10080, 10250, 10255, 11211, 15672, 27017, 50000,
})  # fmt: skip
# Names that mean something inside a network only (RFC 6761, 6762, 7686, 8375; ICANN's "internal").
INSIDE_NAMES = ("localhost", "local", "internal", "home.arpa", "onion")

HostPort = tuple[str, int]

_PARTS = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_IN_NAMES = ("L", "M", "N")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `host` is in lower-case ASCII, an IPv6 address without brackets."""

    url: URL
    host: str
    port: int
    given_host: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.url.scheme, self.host, self.port)


def parse_allowed(pairs: Collection[str]) -> frozenset[HostPort]:
    """Read "host:port" pairs (an IPv6 address in brackets). Raises ValueError for anything else."""
    found = [(_AUTHORITY.fullmatch(pair.strip().lower()), pair) for pair in pairs]
    wrong = [pair for match, pair in found if match is None or match["port"] is None]
    if wrong:
        raise ValueError(f"not a host and a port: {wrong[0]!r}")
    return frozenset(
        (str(IPv6Address(match["v6"])) if match["v6"] else match["name"], int(match["port"]))
        for match, _ in found
        if match is not None
    )


def parse_target(text: str, *, allow: frozenset[HostPort] = frozenset()) -> Target:
    """Read `text`, an absolute http or https URL of at most 2,048 characters.

    A host that is an address must be public and in its usual spelling, one that is a name must be
    complete and none of those that mean something inside a network. Pairs in `allow` are let through
    in spite of that, whatever their port.
    Raises UnsafeAddress.
    """
    _check_characters(text)
    parts = _PARTS.match(text)
    if parts is None:
        raise UnsafeAddress("The URL must begin with http:// or https://.")
    authority = _AUTHORITY.fullmatch(parts["authority"])
    if authority is None or "@" in parts["authority"] or "%" in parts["authority"]:
        raise UnsafeAddress("The URL must name a host, with a port at most: no user, password or escapes.")
    port = int(authority["port"] or DEFAULT_PORTS[parts["scheme"].lower()])
    given = authority["v6"] or authority["name"]
    url = _encoded(text)
    host = _address_v6(given) if authority["v6"] else _name(given, url)
    # What is checked must be what the client connects to: both readings of the URL have to agree.
    if url.raw_host != host or url.port != port:
        raise UnsafeAddress("The URL can't be read in one way only.")
    if (host, port) not in allow:
        _check_port(port)
        _check_host(host, given)
    return Target(url=url, host=host, port=port, given_host=given)


def endpoint_url(text: str) -> str:
    """The address of the endpoint that the URL `text` leads to: scheme, host, port and path, in one spelling.

    Receivers put what differs from message to message into the query. Never raises: what can't be read is an
    address by itself.
    """
    try:
        url = URL(text)
        return f"{url.origin()}{url.raw_path}"
    except ValueError:
        return text


def has_query(text: str) -> bool:
    """Whether there is more to the URL `text` than the address of its endpoint."""
    return "?" in text.partition("#")[0]


def _check_characters(text: str) -> None:
    if len(text) > MAX_URL:
        raise UnsafeAddress(f"The URL is longer than {MAX_URL:,} characters.")
    if "\\" in text or any(unicodedata.category(character)[0] in "CZ" for character in text):
        raise UnsafeAddress("The URL must not hold spaces, backslashes or invisible characters.")


def _encoded(text: str) -> URL:
    """The URL as it is sent: percent-encoded, its host in ASCII, without a fragment."""
    try:
        url = URL(text).with_fragment(None)
    except ValueError:
        raise UnsafeAddress("The URL is malformed.") from None
    if len(str(url)) > MAX_URL:
        raise UnsafeAddress(f"The URL is longer than {MAX_URL:,} characters once it is encoded.")
    return url


def _address_v6(given: str) -> str:
    try:
        return str(IPv6Address(given))
    except AddressValueError:
        raise UnsafeAddress("The URL's host is not an IPv6 address.") from None


def _name(given: str, url: URL) -> str:
    """The ASCII form of a name or an IPv4 address in its one usual spelling."""
    if not given.isascii():
        # Full-width digits, circled letters and the like turn into other characters on the way to
        # DNS, so what a check sees would not be what is looked up.
        changes = unicodedata.normalize("NFKC", given) != given
        if changes or any(c not in ".-" and unicodedata.category(c)[0] not in _IN_NAMES for c in given):
            raise UnsafeAddress("The URL's host must be written in its plain form.")
        return _checked_name(url.raw_host or "")
    return _checked_name(given.lower())


def _checked_name(name: str) -> str:
    labels = name.split(".")
    if len(name) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnsafeAddress("The URL's host is not a valid name.")
    # WHATWG URL, "ends in a number": 127.1, 0x7f.1, 0177.0.0.1 and 2130706433 are addresses to some.
    if _NUMBER.fullmatch(labels[-1]) and _address_v4(name) is None:
        raise UnsafeAddress("The URL's host is not an IPv4 address in its usual spelling.")
    return name


def _address_v4(name: str) -> IPv4Address | None:
    try:
        return IPv4Address(name)
    except AddressValueError:
        return None


def _check_port(port: int) -> None:
    own = port in DEFAULT_PORTS.values()
    if not own and (not FIRST_FREE_PORT <= port <= LAST_PORT or port in DENIED_PORTS):
        raise UnsafeAddress(f"Port {port} is not one for web addresses.")


def _check_host(host: str, given: str) -> None:
    address = IPv6Address(host) if ":" in host else _address_v4(host)
    if address is not None:
        refused = not is_public(address)
    else:
        # A name without a dot is completed by the network's own search list.
        refused = "." not in host or any(f".{host}".endswith(f".{name}") for name in INSIDE_NAMES)
    if refused:
        raise UnsafeAddress.of_host(given)
