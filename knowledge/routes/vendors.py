"""HTTP in and out of vendors and their parameters: `/api/v1/vendors`."""

from __future__ import annotations

from aiohttp import web

from bot.errors import BadRequest
from bot.texts import say
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from knowledge.errors import VendorNotFound
from knowledge.routes.api import Api
from knowledge.routes.operations import vendors as operations
from knowledge.routes.requests import path_id
from knowledge.routes.surface import needs_manage
from knowledge.schemas.vendors import (
    ConfigsBody,
    ConfigsQuery,
    ConfigsUpdatedView,
    DeactivatedView,
    NewVendorBody,
    VendorChangeBody,
    VendorsQuery,
)
from knowledge.vendors import Configs, Vendors

CREATED = 201


def vendor_routes(surface: Surface, api: Api) -> list[Route]:
    """The routes of vendors."""
    routes = _Routes(Vendors(api.database, api.clock), Configs(api.database, api.clock))
    every, one = "/api/v1/vendors", "/api/v1/vendors/{vendor_id}"
    return [
        surface.route("GET", every, routes.listed, operation=operations.LIST),
        surface.route("POST", every, routes.create, operation=operations.CREATE),
        surface.route("GET", one, routes.get, operation=operations.GET),
        surface.route("PUT", one, routes.change, operation=operations.CHANGE),
        surface.route("DELETE", one, routes.deactivate, operation=operations.DEACTIVATE),
        surface.route("GET", f"{one}/configs", routes.configs, operation=operations.CONFIGS),
        surface.route("PUT", f"{one}/configs", routes.put_configs, operation=operations.PUT_CONFIGS),
        surface.route("GET", f"{one}/stats", routes.stats, operation=operations.STATS),
    ]


class _Routes:
    """The handlers: each reads its request, calls one verb, and shows what came of it."""

    def __init__(self, vendors: Vendors, configs: Configs) -> None:
        self._vendors = vendors
        self._configs = configs

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, VendorsQuery)
        if len({text.lower() for text in request.query.getall("is_active", ())}) > 1:
            raise BadRequest("is_active must be true or false.")
        found = await self._vendors.listed(principal, is_active=query.is_active, plan=query.subscription_plan)
        return json_response(found)

    async def create(self, request: web.Request) -> web.Response:
        wanted = await read_model(request, NewVendorBody)
        return json_response(await self._vendors.create(needs_manage(request), wanted), status=CREATED)

    async def get(self, request: web.Request) -> web.Response:
        return json_response(await self._vendors.get(needs_manage(request), _vendor_id(request)))

    async def change(self, request: web.Request) -> web.Response:
        vendor_id, wanted = _vendor_id(request), await read_model(request, VendorChangeBody)
        return json_response(await self._vendors.change(needs_manage(request), vendor_id, wanted))

    async def deactivate(self, request: web.Request) -> web.Response:
        vendor_id = _vendor_id(request)
        await self._vendors.deactivate(needs_manage(request), vendor_id)
        return json_response(DeactivatedView(say("api.vendor_deactivated"), vendor_id))

    async def configs(self, request: web.Request) -> web.Response:
        vendor_id, query = _vendor_id(request), read_query(request, ConfigsQuery)
        found = await self._configs.by_category(needs_manage(request), vendor_id, category=query.category)
        return json_response(found)

    async def put_configs(self, request: web.Request) -> web.Response:
        vendor_id, wanted = _vendor_id(request), await read_model(request, ConfigsBody)
        count = await self._configs.put(needs_manage(request), vendor_id, wanted)
        return json_response(ConfigsUpdatedView(say("api.configs_updated"), vendor_id, count))

    async def stats(self, request: web.Request) -> web.Response:
        return json_response(await self._vendors.stats(needs_manage(request), _vendor_id(request)))


def _vendor_id(request: web.Request) -> int:
    return path_id(request, VendorNotFound())
