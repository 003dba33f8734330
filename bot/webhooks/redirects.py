"""Where a redirect leads, and what of the request may go there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin

from bot.webhooks.errors import FetchFailed, UnsafeAddress
from bot.webhooks.urls import HostPort, Target, parse_target

REDIRECTS = frozenset((301, 302, 303, 307, 308))
TURN_POST_INTO_GET = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND)
# What says something about the reader and nothing about who it is.
CARRIED_ELSEWHERE = frozenset(("accept", "accept-language", "user-agent"))


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of a chain of redirects."""

    target: Target
    method: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def next_hop(hop: Hop, status: int, location: str, *, allow: frozenset[HostPort] = frozenset()) -> Hop:
    """The request that an answer with `status` and a Location asks for (RFC 9110, 15.4).

    To another origin go neither the caller's headers, but for three harmless ones, nor a body.
    Raises UnsafeAddress where the Location is no safe URL, and FetchFailed where a body would have
    to be sent to another origin.
    """
    try:
        target = parse_target(urljoin(str(hop.target.url), location), allow=allow)
    except (UnsafeAddress, ValueError):
        raise UnsafeAddress(f"{hop.target.given_host} redirects to an address that can't be used.") from None
    method, headers, body = hop.method, hop.headers, hop.body
    if (status == HTTPStatus.SEE_OTHER and method != "HEAD") or (status in TURN_POST_INTO_GET and method == "POST"):
        method, body = "GET", b""
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
    if target.origin != hop.target.origin:
        if body:
            raise FetchFailed(f"{hop.target.given_host} redirects a request with a body to another host.")
        headers = {name: value for name, value in headers.items() if name.lower() in CARRIED_ELSEWHERE}
    return Hop(target=target, method=method, headers=headers, body=body)
