"""No test reaches beyond this machine: an attempt is an error in the test, whoever makes it."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import sys
from typing import Any

import uvloop


class BeyondThisMachine(RuntimeError):
    """A test tried to reach another machine."""


def refuse_other_machines() -> None:
    """Make every later connection of this process to an address beyond loopback an error, for good."""
    sys.addaudithook(_audit)
    # Nobody is left who shows a certificate of the machine's 150 authorities, and each TLS context would load them.
    setattr(ssl.SSLContext, "load_default_certs", _load_nothing)  # noqa: B010 - mypy takes no assignment to a method


def _load_nothing(_context: ssl.SSLContext, _purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
    """Trust nobody but whom a test names."""


class LoopbackLoop(uvloop.Loop):
    """uvloop connects without Python's sockets, so the same rule is kept here as well."""

    async def create_connection(self, protocol_factory: Any, host: Any = None, *args: Any, **named: Any) -> Any:
        _check(host)
        return await super().create_connection(protocol_factory, host, *args, **named)

    async def create_datagram_endpoint(self, *args: Any, **named: Any) -> Any:
        _check((named.get("remote_addr") or (None,))[0])
        return await super().create_datagram_endpoint(*args, **named)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        connection, address = arguments
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            _check(address[0])


def _check(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return
    try:
        inside = ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise BeyondThisMachine(f"a test tried to reach {name}")
