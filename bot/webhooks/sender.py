"""The one sender of requests to URLs that users give.

It reaches public addresses only, checked on the address that is really connected to
(`bot.webhooks.guard`), keeps no cookies and no connections, knows no proxies, and ends by the
request's own limits whatever the other side does.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.logging import get_logger
from bot.webhooks.errors import AnswerTooLarge, FetchFailed, FetchTimeout, NoPublicAddress
from bot.webhooks.guard import AddressRefused, Guard
from bot.webhooks.messages import IncomingAnswer, OutgoingRequest, charset, check_headers, content_type
from bot.webhooks.redirects import REDIRECTS, Hop, next_hop
from bot.webhooks.urls import parse_allowed, parse_target

USER_AGENT = "Shopkeeper"
# What the answers' headers may take at most: 100 of 8 kB.
MAX_HEADERS = 100
MAX_HEADER_BYTES = 8_190
CONNECTIONS = 100
# So that one slow host leaves connections to all the others.
CONNECTIONS_PER_HOST = 20

logger = get_logger(__name__)


class SafeSender:
    """Sends requests to public addresses, and to the "host:port" pairs in `allow` wherever they are.

    `resolver` looks names up; by default it is aiohttp's own, which belongs to the sender then. Raises
    ValueError for a pair that isn't one.
    """

    def __init__(
        self,
        *,
        allow: Collection[str] = (),
        resolver: AbstractResolver | None = None,
        connections: int = CONNECTIONS,
        connections_per_host: int = CONNECTIONS_PER_HOST,
    ) -> None:
        self._allow = parse_allowed(allow)
        self._given_resolver = resolver
        self._limits = (connections, connections_per_host)
        self._session: aiohttp.ClientSession | None = None
        self._own_resolver: AbstractResolver | None = None

    def check(self, url: str) -> None:
        """Raises UnsafeAddress where `url` can be seen to be unusable without looking its name up.

        For telling a user early. `send` checks again, names included.
        """
        parse_target(url, allow=self._allow)

    async def send(self, request: OutgoingRequest) -> IncomingAnswer:
        """The answer to `request`, whatever its status.

        Raises UnsafeAddress (400) for a URL, or a redirect, that is malformed or leads to no public
        address; UnsafeHeaders (400); FetchTimeout, AnswerTooLarge and their base FetchFailed (422).
        """
        check_headers(request.method, request.headers)
        target = parse_target(request.url, allow=self._allow)
        hop = Hop(target=target, method=request.method, headers=request.headers, body=request.body)
        try:
            async with asyncio.timeout(request.timeout):
                return await self._follow(hop, request)
        except TimeoutError:
            raise FetchTimeout(f"{target.given_host} takes too long to answer.") from None

    async def close(self) -> None:
        """Break off what is still under way and free the sockets. May be called more than once."""
        session, self._session = self._session, None
        resolver, self._own_resolver = self._own_resolver, None
        if session is not None:
            await session.close()
        if resolver is not None:
            await resolver.close()

    async def _follow(self, hop: Hop, request: OutgoingRequest) -> IncomingAnswer:
        for _ in range(request.follow_redirects + 1):
            async with self._exchange(hop) as response:
                location = response.headers.get("Location")
                if not request.follow_redirects or response.status not in REDIRECTS or location is None:
                    return await _read(response, hop, most=request.max_answer_bytes)
                hop = next_hop(hop, response.status, location, allow=self._allow)
        raise FetchFailed(f"{hop.target.given_host} is redirected to too often.")

    @asynccontextmanager
    async def _exchange(self, hop: Hop) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request and its answer's head. The connection is closed in the end, however it ends."""
        host = hop.target.given_host
        try:
            response = await self._opened_session().request(
                hop.method,
                hop.target.url,
                headers={"Accept-Encoding": "gzip, deflate", "User-Agent": USER_AGENT, **_distinct(hop.headers)},
                # From a buffer a body is written in pieces, so that a large one doesn't hold up the event loop.
                data=io.BytesIO(hop.body) if hop.body else None,
                allow_redirects=False,
                skip_auto_headers=("Content-Type",),
            )
            try:
                yield response
            finally:
                response.close()
        except aiohttp.ClientConnectorError as error:
            if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(error.os_error, AddressRefused):
                logger.warning("outgoing_address_refused", host=host)
                raise NoPublicAddress.of_host(host) from None
            if isinstance(error, aiohttp.ClientConnectorCertificateError):
                raise FetchFailed(f"{host} has no valid certificate.") from error
            raise FetchFailed(f"{host} can't be reached.") from error
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # A ValueError is the client's own way of saying that the answer's head makes no sense.
            raise FetchFailed(f"{host} broke off or sent no valid answer.") from error

    def _opened_session(self) -> aiohttp.ClientSession:
        # Made when it is first needed, because it belongs to the running event loop.
        if self._session is None:
            resolver = self._given_resolver
            if resolver is None:
                resolver = self._own_resolver = aiohttp.DefaultResolver()
            guard = Guard(resolver, allow=self._allow)
            connections, per_host = self._limits
            connector = aiohttp.TCPConnector(
                resolver=guard,
                socket_factory=guard.open_socket,
                # Every request looks its name up, checks and connects anew: nothing is trusted for having
                # been right before, and no two tenants ever share a connection.
                use_dns_cache=False,
                force_close=True,
                limit=connections,
                limit_per_host=per_host,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
                max_line_size=MAX_HEADER_BYTES,
                max_field_size=MAX_HEADER_BYTES,
                max_headers=MAX_HEADERS,
            )
        return self._session


def _distinct(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by one spelling of each name, so that a caller's own replaces a default."""
    return {name.title(): value for name, value in headers.items()}


async def _read(response: aiohttp.ClientResponse, hop: Hop, *, most: int) -> IncomingAnswer:
    """Read the body piece by piece, as it is unpacked, and stop as soon as it is more than `most` bytes."""
    too_large = AnswerTooLarge(f"The answer of {hop.target.given_host} is larger than {most:,} bytes.")
    if hop.method != "HEAD" and (response.content_length or 0) > most:
        raise too_large
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > most:
            raise too_large
    headers = _headers(response)
    declared = headers.get("content-type", "")
    return IncomingAnswer(
        status=response.status,
        headers=headers,
        body=bytes(body),
        content_type=content_type(declared),
        charset=charset(declared),
        url=str(hop.target.url),
    )


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.headers.items():
        # Bytes that aren't UTF-8 arrive as lone surrogates, which no store takes.
        plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        key = name.lower()
        found[key] = f"{found[key]}, {plain}" if key in found else plain
    return found
