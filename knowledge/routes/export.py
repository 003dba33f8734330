"""The entries as a file that an import reads back: `GET /api/v1/knowledge/export`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Literal
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from bot.tenancy.principal import Principal
from bot.web.openapi import Media, Operation
from bot.web.requests import read_query
from bot.web.surface import Limits, Route, Surface
from knowledge.entries import VendorCard
from knowledge.errors import VendorNotFound
from knowledge.importing.export import CONTENT_TYPES, FORMATS, write
from knowledge.importing.jobs import rows_to_export
from knowledge.importing.rows import Format
from knowledge.importing.work import in_thread
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.surface import needs_manage
from knowledge.schemas.entries import ScopeName
from knowledge.schemas.fields import Id

PIECES_A_TURN = 200
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]")
EXPORT_LIMITS = Limits(body_bytes=64 * 1024, handler_seconds=300)


class ExportQuery(BaseModel):
    """Which entries to write, and how."""

    model_config = ConfigDict(str_strip_whitespace=True)

    format: Literal["csv", "xlsx", "jsonl", "md"] = "csv"
    vendor_id: Id | None = None
    scope: ScopeName | None = None


EXPORT = Operation(
    summary="Export entries as a file",
    tag="Imports",
    description="The entries in use: those that the vendor's answers come from, or without a vendor those that all "
    "share. Imported again, every row of it is a duplicate.",
    query=ExportQuery,
    answers={200: Media(types=[kind.partition(";")[0] for kind in CONTENT_TYPES.values()])},
    headers={"Content-Disposition": {"description": "What the file is called.", "schema": {"type": "string"}}},
    errors=(VendorNotFound,),
)


def export_routes(surface: Surface, api: Api) -> list[Route]:
    """The route of the export; it stands before that of a single entry."""
    return [surface.route("GET", "/api/v1/knowledge/export", Export(api).get, limits=EXPORT_LIMITS, operation=EXPORT)]


class Export:
    """The handler."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def get(self, request: web.Request) -> web.StreamResponse:
        principal, query = needs_manage(request), read_query(request, ExportQuery)
        vendor_id = query.vendor_id or principal.vendor_id
        vendor = await self._vendor(principal, vendor_id)
        rows = await rows_to_export(self._api.database, principal, vendor_id, scope=query.scope)
        found = FORMATS[query.format]
        today = self._api.clock.now().strftime("%Y%m%d")
        name = f"{vendor.called if vendor else 'shared'}-knowledge-{today}.{query.format}"
        response = web.StreamResponse(headers=_headers(found, name))
        await response.prepare(request)
        pieces = write(rows, found)
        while piece := await in_thread(partial(_joined, pieces)):
            await response.write(piece)
        await response.write_eof()
        return response

    async def _vendor(self, principal: Principal, vendor_id: int | None) -> VendorCard | None:
        if vendor_id is None:
            return None
        async with self._api.database.reading() as session:
            return await seen_vendor(session, principal, vendor_id)


def _joined(pieces: Iterator[bytes]) -> bytes:
    return b"".join(islice(pieces, PIECES_A_TURN))


def _headers(found: Format, name: str) -> dict[str, str]:
    plain = _NOT_PLAIN.sub("_", name)
    return {
        "Content-Type": CONTENT_TYPES[found],
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
