"""Asks the vendors' own systems over HTTP, signed, once, and within bounds of time and size.

Requests carry the three headers of Standard Webhooks 1.0; their `webhook-id` is the id of the customer's
message, so that a system can tell a repeated request from a new one.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta, timezone
from http import HTTPStatus

import structlog
from aiohttp import ClientConnectorError
from yarl import URL

from bot.clock import Clock
from bot.metrics import Metrics
from bot.security.box import BoxError, SecretBox
from bot.webhooks.errors import AnswerTooLarge, FetchFailed, FetchTimeout, UnsafeAddress, UnsafeHeaders
from bot.webhooks.messages import IncomingAnswer, OutgoingRequest
from bot.webhooks.sender import SafeSender
from bot.webhooks.signing import sign
from knowledge.entries import IntentCard, IntentType
from knowledge.intents.catalog import open_secret
from knowledge.intents.endpoints import Endpoint
from knowledge.intents.results import Fields, Unreadable, message_of, read

MAX_ANSWER = 65_536
# With less time than this nothing is sent: no system would have answered.
SHORTEST_SECONDS = 0.2
# Taiwan has no summer time.
CUSTOMERS_TIME = timezone(timedelta(hours=8))
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_CLASS = 100

logger = structlog.get_logger(__name__)


class SystemFailed(Exception):
    """A system gave no usable answer. The message is a short code for the log.

    `may_be_done`: the request may have arrived, so that an action may have been carried out all the same.
    """

    def __init__(self, reason: str, *, may_be_done: bool = False) -> None:
        super().__init__(reason)
        self.may_be_done = may_be_done


@dataclass(frozen=True, slots=True)
class Call:
    """On whose behalf a system is asked. `request_id` is the same whenever the same message is worked on."""

    vendor_id: int
    request_id: str
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """What a system said. Not found: it knows nothing of what was asked for."""

    fields: Fields
    is_found: bool = True


class VendorSystems:
    """Every vendor's system, through the one safe sender. Keeps nothing between two calls."""

    def __init__(self, sender: SafeSender, box: SecretBox, clock: Clock, *, metrics: Metrics | None = None) -> None:
        self._sender = sender
        self._box = box
        self._clock = clock
        self._seconds = None
        if metrics is not None:
            self._seconds = metrics.histogram(
                "vendor_system_seconds", "Time for one request to a vendor's own system.", labels=("outcome",)
            )

    def today(self) -> date:
        """The customers' day."""
        return self._clock.now().astimezone(CUSTOMERS_TIME).date()

    async def ask(
        self, card: IntentCard, endpoint: Endpoint, *, values: Mapping[str, str], call: Call, within: float
    ) -> SystemAnswer:
        """Send `values` to the intent's endpoint and read what comes back, within `within` seconds.

        An action is sent once. Any other request is sent again where no connection came about.
        Raises SystemFailed.
        """
        request = self._request(card, endpoint, values=values, call=call)
        ends = time.perf_counter() + min(endpoint.timeout_seconds, within)
        try:
            answer = await self._send(card, request, ends=ends)
        except _NotConnected as error:
            if card.type is IntentType.ACTION:
                raise
            logger.info("knowledge.system_asked_again", intent_id=card.id, reason=str(error))
            answer = await self._send(card, request, ends=ends)
        return _understood(answer)

    async def _send(self, card: IntentCard, request: OutgoingRequest, *, ends: float) -> IncomingAnswer:
        started = time.perf_counter()
        if ends - started < SHORTEST_SECONDS:
            raise SystemFailed("no_time")
        outcome = "failed"
        try:
            answer = await self._sender.send(replace(request, timeout=ends - started))
            outcome = f"{answer.status // _CLASS}xx"
        except FetchTimeout:
            outcome = "timeout"
            raise SystemFailed("timeout", may_be_done=True) from None
        except AnswerTooLarge:
            outcome = "too_large"
            raise SystemFailed("too_large", may_be_done=True) from None
        except FetchFailed as error:
            if isinstance(error.__cause__, ClientConnectorError):
                outcome = "not_connected"
                raise _NotConnected("not_connected") from None
            raise SystemFailed("broken_off", may_be_done=True) from None
        except (UnsafeAddress, UnsafeHeaders) as error:
            outcome = "refused"
            raise SystemFailed(error.code) from None
        finally:
            seconds = time.perf_counter() - started
            if self._seconds is not None:
                self._seconds.labels(outcome).observe(seconds)
            logger.info(
                "knowledge.system_asked", intent_id=card.id, outcome=outcome, milliseconds=round(seconds * 1000)
            )
        return answer

    def _request(
        self, card: IntentCard, endpoint: Endpoint, *, values: Mapping[str, str], call: Call
    ) -> OutgoingRequest:
        now = self._clock.now()
        body, url = b"", endpoint.url
        headers = {"Accept": "application/json"}
        if endpoint.method == "GET":
            url = _with_query(url, values)
        else:
            headers["Content-Type"] = "application/json"
            body = _json({
                "intent": card.name,
                "vendor_id": call.vendor_id,
                "parameters": dict(values),
                "message": call.message,
                "request_id": call.request_id,
                "asked_at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            })  # fmt: skip
        try:
            secret = open_secret(self._box, card.id, card.secret_box or b"")
            headers |= sign(secret, body, message_id=message_id(call.request_id), at=now)
        except (BoxError, ValueError):
            # Unsigned it must not go: the vendor couldn't tell it from anybody's.
            raise SystemFailed("no_secret") from None
        return OutgoingRequest(url=url, method=endpoint.method, headers=headers, body=body, max_answer_bytes=MAX_ANSWER)


class _NotConnected(SystemFailed):
    """No connection came about, so that nothing was received."""


def message_id(request_id: str) -> str:
    """The `webhook-id` of a request: its id, or a digest of one that can't stand in a header as it is."""
    return (
        request_id if _ID.fullmatch(request_id) else hashlib.sha256(request_id.encode("utf-8", "replace")).hexdigest()
    )


def _understood(answer: IncomingAnswer) -> SystemAnswer:
    """What an answer says: 200 with a JSON object, or 404 with one that holds a `message`."""
    if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
        # Only a client error surely says that nothing was done; many systems redirect after an action.
        is_refusal = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        raise SystemFailed(f"status_{answer.status}", may_be_done=not is_refusal)
    try:
        fields = read(answer.body)
    except Unreadable:
        raise SystemFailed("unreadable", may_be_done=answer.status == HTTPStatus.OK) from None
    if answer.status == HTTPStatus.OK:
        return SystemAnswer(fields)
    if message_of(fields) is None:
        # A wrong path says 404 too.
        raise SystemFailed("status_404")
    return SystemAnswer({}, is_found=False)


def _with_query(url: str, values: Mapping[str, str]) -> str:
    try:
        return str(URL(url).update_query(values))
    except ValueError:
        raise SystemFailed("unsafe_url") from None


def _json(value: Mapping[str, object]) -> bytes:
    # Lone surrogates have no UTF-8 form.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
