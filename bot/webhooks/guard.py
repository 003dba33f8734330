"""The check at the moment of connecting, on the very address that is connected to.

A name is looked up once for a connection. What comes back is filtered here and used as it is, so a
name that leads elsewhere a moment later changes nothing. The socket is checked again, because the
client doesn't ask the resolver about hosts that are addresses already.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.webhooks.addresses import is_public
from bot.webhooks.urls import HostPort


class AddressRefused(OSError):
    """There is no address that may be connected to. The client reports it as a failed connection."""


class Guard(AbstractResolver):
    """A resolver that gives public addresses only, and the maker of the sockets that connect to them."""

    def __init__(self, resolver: AbstractResolver, *, allow: frozenset[HostPort] = frozenset()) -> None:
        self._resolver = resolver
        self._allow = allow
        # The addresses, with ports, of the allowed pairs whose host is a name.
        self._let_through: set[HostPort] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The public addresses of `host`; every address, where `host` and `port` are an allowed pair.

        Raises OSError where there is none, be it that the name doesn't exist or that it leads inside.
        """
        found = await self._resolver.resolve(host, port, family)
        if (host, port) in self._allow:
            self._let_through.update((item["host"], port) for item in found)
            return found
        public = [item for item in found if _is_public(item["host"])]
        if not public:
            raise AddressRefused("no public address")
        return public

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """A socket for connecting to `info`'s address. Raises AddressRefused for an inside one."""
        family, kind, protocol, _, (host, port, *_) = info
        pair = (str(host), int(port))
        if not _is_public(pair[0]) and pair not in self._allow and pair not in self._let_through:
            raise AddressRefused("not a public address")
        return socket.socket(family=family, type=kind, proto=protocol)

    async def close(self) -> None:
        await self._resolver.close()


def _is_public(host: str) -> bool:
    try:
        return is_public(ip_address(host))
    except ValueError:
        return False
