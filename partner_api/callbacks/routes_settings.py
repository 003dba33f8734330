"""HTTP in and out: endpoints, the signing secret, where events go, and test callbacks."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.openapi import Operation
from bot.web.requests import read_body, read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Limits, Route, Surface
from bot.webhooks.errors import UnsafeAddress
from partner_api.api import Api
from partner_api.callbacks import repository, service
from partner_api.callbacks.errors import EndpointNotFound, SharedSecret, TooManyTests
from partner_api.callbacks.events import EVENTS
from partner_api.callbacks.routes_once import Done, once
from partner_api.callbacks.schemas import (
    CallbackTestShown,
    EndpointList,
    EndpointShown,
    ErrorShown,
    EventsShown,
    RotateBody,
    SecretShown,
    SentShown,
    UrlBody,
    endpoint_shown,
)
from partner_api.callbacks.testing import DEADLINE_SECONDS, CallbackTests, Tested
from partner_api.keys.errors import CompanyBound
from partner_api.keys.routes_surface import CALLER
from partner_api.wire import PageQuery, timestamp, uuid_of

TAG = "Callbacks"
WEBHOOKS = "/api/partner/v1/webhooks"
ENDPOINT = f"{WEBHOOKS}/endpoints/{{endpoint_id}}"
NO_CONTENT = 204
TEST_LIMITS = Limits(body_bytes=64 * 1024, body_seconds=10, handler_seconds=DEADLINE_SECONDS + 10)
_EXAMPLE = {"url": "https://partner.com/webhook/callback"}

ENDPOINTS = Operation(
    summary="List the addresses that callbacks go to, and how they have answered of late",
    tag=TAG,
    query=PageQuery,
    answers={200: EndpointList},
    errors=(CompanyBound,),
)
PAUSE = Operation(
    summary="Pause an endpoint",
    tag=TAG,
    description="What goes to it is held until it is resumed. Doing it again changes nothing.",
    answers={200: EndpointShown},
    errors=(CompanyBound, EndpointNotFound),
    idempotent=True,
)
RESUME = Operation(
    summary="Resume an endpoint",
    tag=TAG,
    description="Sends what was held, and goes on as if it had never failed. Doing it again changes nothing.",
    answers={200: EndpointShown},
    errors=(CompanyBound, EndpointNotFound),
    idempotent=True,
)
ROTATE = Operation(
    summary="Replace the signing secret",
    tag=TAG,
    description="Shows the new one this once. The one before signs beside it for `overlap_hours`.",
    body=RotateBody,
    body_optional=True,
    answers={200: SecretShown},
    errors=(CompanyBound, SharedSecret),
    idempotent=True,
    example={"overlap_hours": 24},
)
TEST = Operation(
    summary="Send a test callback",
    tag=TAG,
    description="Sends it at once, as every callback is sent, and tells what came of it within 10 seconds. "
    "Where it succeeds, the endpoint's failures count no more.",
    body=UrlBody,
    answers={200: CallbackTestShown},
    errors=(UnsafeAddress, TooManyTests),
    example=_EXAMPLE,
)
GET_EVENTS = Operation(
    summary="Get the address where the partner is told of what happens by itself",
    tag=TAG,
    answers={200: EventsShown},
    errors=(CompanyBound,),
)
PUT_EVENTS = Operation(
    summary="Set the address where the partner is told of what happens by itself",
    tag=TAG,
    body=UrlBody,
    answers={200: EventsShown},
    errors=(CompanyBound, UnsafeAddress),
    example=_EXAMPLE,
)
DELETE_EVENTS = Operation(
    summary="Be told of nothing that happens by itself", tag=TAG, answers={204: None}, errors=(CompanyBound,)
)


def setting_routes(surface: Surface, api: Api) -> list[Route]:
    """Endpoints, the signing secret, events and test callbacks."""
    routes = Settings(api)
    return [
        surface.route("GET", f"{WEBHOOKS}/endpoints", routes.endpoints, operation=ENDPOINTS),
        surface.route("POST", f"{ENDPOINT}/pause", routes.pause, operation=PAUSE),
        surface.route("POST", f"{ENDPOINT}/resume", routes.resume, operation=RESUME),
        surface.route("POST", f"{WEBHOOKS}/secret/rotate", routes.rotate, operation=ROTATE),
        surface.route("POST", f"{WEBHOOKS}/test", routes.test, operation=TEST, limits=TEST_LIMITS),
        surface.route("GET", f"{WEBHOOKS}/events", routes.events, operation=GET_EVENTS),
        surface.route("PUT", f"{WEBHOOKS}/events", routes.set_events, operation=PUT_EVENTS),
        surface.route("DELETE", f"{WEBHOOKS}/events", routes.no_events, operation=DELETE_EVENTS),
    ]


class Settings:
    """The handlers."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tests = CallbackTests(api)

    async def endpoints(self, request: web.Request) -> web.Response:
        caller, query = request[CALLER], read_query(request, PageQuery)
        service.refuse_bound(caller)
        async with self._api.database.reading() as session:
            found, total = await repository.list_endpoints(session, caller.principal, query)
        shown = [endpoint_shown(row, held=held) for row, held in found]
        return json_response(EndpointList(shown, total, query.limit, query.offset))

    async def pause(self, request: web.Request) -> web.Response:
        caller, now = request[CALLER], self._api.clock.now()
        endpoint_id = uuid_of(request.match_info["endpoint_id"], EndpointNotFound)

        async def work(session: AsyncSession) -> Done:
            await service.pause(session, caller, endpoint_id, now=now)
            row, held = await repository.endpoint(session, caller.principal, endpoint_id)
            return endpoint_shown(row, held=held), []

        service.refuse_bound(caller)
        return await once(self._api, request, work)

    async def resume(self, request: web.Request) -> web.Response:
        caller, now = request[CALLER], self._api.clock.now()
        endpoint_id = uuid_of(request.match_info["endpoint_id"], EndpointNotFound)

        async def work(session: AsyncSession) -> Done:
            lanes = await service.resume(session, caller, endpoint_id, now=now)
            row, held = await repository.endpoint(session, caller.principal, endpoint_id)
            return endpoint_shown(row, held=held), lanes

        service.refuse_bound(caller)
        return await once(self._api, request, work)

    async def rotate(self, request: web.Request) -> web.Response:
        caller, now, signers = request[CALLER], self._api.clock.now(), self._api.signers
        service.refuse_bound(caller)
        if signers.is_shared:
            raise SharedSecret
        # Without a body everything has its default.
        wanted = await read_model(request, RotateBody) if await read_body(request) else RotateBody()

        async def work(session: AsyncSession) -> Done:
            row = await service.rotate(session, caller, overlap=timedelta(hours=wanted.overlap_hours), now=now)
            until = timestamp(row.previous_until) if row.previous_until else None
            return SecretShown(signers.secret(row), timestamp(now), until), []

        return await once(self._api, request, work)

    async def test(self, request: web.Request) -> web.Response:
        wanted = await read_model(request, UrlBody)
        return json_response(_tested(await self._tests.send(request[CALLER], wanted.url)))

    async def events(self, request: web.Request) -> web.Response:
        async with self._api.database.reading() as session:
            row = await service.own_signer(session, request[CALLER])
        return json_response(EventsShown(row.event_url, list(EVENTS)))

    async def set_events(self, request: web.Request) -> web.Response:
        caller = request[CALLER]
        service.refuse_bound(caller)
        wanted = await read_model(request, UrlBody)
        self._api.sender.check(wanted.url)
        async with self._api.database.unit_of_work() as session:
            await service.listen(session, caller, url=wanted.url)
        return json_response(EventsShown(wanted.url, list(EVENTS)))

    async def no_events(self, request: web.Request) -> web.Response:
        async with self._api.database.unit_of_work() as session:
            await service.listen(session, request[CALLER], url=None)
        return web.Response(status=NO_CONTENT)


def _tested(tested: Tested) -> CallbackTestShown:
    ended, sent = tested.ended, tested.sent
    failed = ErrorShown(ended.error_code, ended.error_message or "") if ended.error_code else None
    return CallbackTestShown(
        delivered=ended.success,
        delivery_id=str(tested.delivery_id),
        http_status=ended.http_status,
        duration_ms=ended.duration_ms,
        error=failed,
        sent=SentShown(sent.url, dict(sent.headers), sent.body.decode()),
    )
