"""HTTP in and out: deliveries of callbacks."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.openapi import Operation
from bot.web.requests import read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.callbacks import repository, service
from partner_api.callbacks.errors import DeliveryErased, DeliveryNotFound, DeliveryOpen, EndpointPaused, NoDelivery
from partner_api.callbacks.repository import Told
from partner_api.callbacks.routes_once import Done, once
from partner_api.callbacks.routes_settings import setting_routes
from partner_api.callbacks.schemas import DeliveriesQuery, DeliveryList, DeliveryShown, JobDeliveries, delivery_shown
from partner_api.jobs.errors import JobNotFound
from partner_api.jobs.repository import job_row
from partner_api.keys.routes_surface import CALLER
from partner_api.wire import uuid_of

TAG = "Callbacks"
CREATED = 201
JOB = "/api/partner/v1/jobs/{job_id}"
DELIVERIES = "/api/partner/v1/webhooks/deliveries"

OF_JOB = Operation(
    summary="List a job's deliveries with every attempt, the newest first",
    tag=TAG,
    answers={200: JobDeliveries},
    errors=(JobNotFound,),
)
REDELIVER_JOB = Operation(
    summary="Deliver a job's callback again",
    tag=TAG,
    description="Sends the same bytes in a new delivery with attempts of its own, marked by `X-Webhook-Redelivery`.",
    answers={201: DeliveryShown},
    errors=(JobNotFound, NoDelivery, DeliveryOpen, DeliveryErased, EndpointPaused),
    idempotent=True,
)
LIST = Operation(
    summary="List deliveries with every attempt, the newest first",
    tag=TAG,
    query=DeliveriesQuery,
    answers={200: DeliveryList},
)
GET = Operation(
    summary="Get a delivery with every attempt", tag=TAG, answers={200: DeliveryShown}, errors=(DeliveryNotFound,)
)
REDELIVER = Operation(
    summary="Deliver a message again",
    tag=TAG,
    description="Sends the same bytes in a new delivery with attempts of its own, marked by `X-Webhook-Redelivery`.",
    answers={201: DeliveryShown},
    errors=(DeliveryNotFound, DeliveryOpen, DeliveryErased, EndpointPaused),
    idempotent=True,
)


def callback_routes(surface: Surface, api: Api) -> list[Route]:
    """Deliveries, redelivery, endpoints, test callbacks and the signing secret."""
    routes = Deliveries(api)
    return [
        surface.route("GET", f"{JOB}/deliveries", routes.of_job, operation=OF_JOB),
        surface.route("POST", f"{JOB}/redeliver", routes.redeliver_job, operation=REDELIVER_JOB),
        surface.route("GET", DELIVERIES, routes.listed, operation=LIST),
        surface.route("GET", f"{DELIVERIES}/{{delivery_id}}", routes.get, operation=GET),
        surface.route("POST", f"{DELIVERIES}/{{delivery_id}}/redeliver", routes.redeliver, operation=REDELIVER),
        *setting_routes(surface, api),
    ]


class Deliveries:
    """The handlers."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def of_job(self, request: web.Request) -> web.Response:
        principal, job_id = request[CALLER].principal, uuid_of(request.match_info["job_id"], JobNotFound)
        async with self._api.database.reading() as session:
            await job_row(session, principal, job_id)
            found = await repository.deliveries_of_job(session, principal, job_id)
        return json_response(JobDeliveries(str(job_id), [_shown(one) for one in found]))

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = request[CALLER].principal, read_query(request, DeliveriesQuery)
        async with self._api.database.reading() as session:
            found, total = await repository.list_deliveries(session, principal, query, state=query.status)
        return json_response(DeliveryList([_shown(one) for one in found], total, query.limit, query.offset))

    async def get(self, request: web.Request) -> web.Response:
        delivery_id = uuid_of(request.match_info["delivery_id"], DeliveryNotFound)
        async with self._api.database.reading() as session:
            found = await repository.delivery(session, request[CALLER].principal, delivery_id)
        return json_response(_shown(found))

    async def redeliver(self, request: web.Request) -> web.Response:
        principal, now = request[CALLER].principal, self._api.clock.now()
        delivery_id = uuid_of(request.match_info["delivery_id"], DeliveryNotFound)

        async def work(session: AsyncSession) -> Done:
            again = await service.redeliver(session, principal, delivery_id, now=now)
            return _shown(await repository.delivery(session, principal, again.id)), [again.lane]

        return await once(self._api, request, work, status=CREATED)

    async def redeliver_job(self, request: web.Request) -> web.Response:
        principal, now = request[CALLER].principal, self._api.clock.now()
        job_id = uuid_of(request.match_info["job_id"], JobNotFound)

        async def work(session: AsyncSession) -> Done:
            again = await service.redeliver_job(session, principal, job_id, now=now)
            return _shown(await repository.delivery(session, principal, again.id)), [again.lane]

        return await once(self._api, request, work, status=CREATED)


def _shown(told: Told) -> DeliveryShown:
    return delivery_shown(told.row, attempts=told.attempts)
