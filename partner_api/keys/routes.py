"""HTTP in and out: partners and their keys, for the platform's operator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Partner
from bot.security.keys import Purpose, derive_key
from bot.tenancy.partners import Partners
from bot.tenancy.principal import PLATFORM
from bot.web.idempotency import Answer
from bot.web.once import answered_once
from bot.web.openapi import Operation
from bot.web.requests import read_body, read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.keys import repository
from partner_api.keys.errors import KeyEnded, NoSuchKey, NoSuchPartner, SlotsInUse
from partner_api.keys.routes_surface import OPERATOR
from partner_api.keys.schemas import (
    KeyBody,
    KeyIssued,
    KeyList,
    KeyPatch,
    KeyShown,
    KeysQuery,
    PartnerBody,
    PartnerList,
    PartnerMade,
    PartnerPatch,
    PartnerShown,
    PartnersQuery,
    RollBody,
    key_issued,
    key_shown,
    partner_made,
    partner_shown,
)
from partner_api.keys.service import (
    IssuedKey,
    KeyChanges,
    KeyRequest,
    PartnerApiKeys,
    PartnerChanges,
    change_partner,
    key_to_change,
)
from partner_api.keys.verifying import KeyHashes
from partner_api.wire import uuid_of

TAG = "Operator"
PARTNERS = "/api/partner/admin/partners"
KEYS = "/api/partner/admin/keys"
CREATED = 201
SHOWN_ONCE = "It is shown this once: only a hash of it is kept."
NO_STORE = {"Cache-Control": "no-store"}

MAKE_PARTNER = Operation(
    summary="Create a partner",
    tag=TAG,
    description=f"The answer holds its provisioning key. {SHOWN_ONCE}",
    body=PartnerBody,
    answers={201: PartnerMade},
    idempotent=True,
    example={"name": "CompanyX Call Center", "slots": 10},
)
LIST_PARTNERS = Operation(
    summary="List partners, the newest first", tag=TAG, query=PartnersQuery, answers={200: PartnerList}
)
CHANGE_PARTNER = Operation(
    summary="Change a partner's name or slots, or disable it",
    tag=TAG,
    body=PartnerPatch,
    answers={200: PartnerShown},
    errors=(NoSuchPartner, SlotsInUse),
    example={"slots": 20},
)
MAKE_KEY = Operation(
    summary="Create a key of a partner",
    tag=TAG,
    description=f"The answer holds the key, its secret, and the secret that callbacks are signed with. {SHOWN_ONCE}",
    body=KeyBody,
    answers={201: KeyIssued},
    errors=(NoSuchPartner,),
    idempotent=True,
    example={"partner_id": "7d9f2c52-6d7e-4b6f-9a53-0c3a52f0a9d4", "environment": "sandbox"},
)
LIST_KEYS = Operation(summary="List keys, the newest first", tag=TAG, query=KeysQuery, answers={200: KeyList})
GET_KEY = Operation(summary="Get a key", tag=TAG, answers={200: KeyShown}, errors=(NoSuchKey,))
CHANGE_KEY = Operation(
    summary="Change a key's name, limit, addresses, expiry, or switch it off and on",
    tag=TAG,
    body=KeyPatch,
    answers={200: KeyShown},
    errors=(NoSuchKey, KeyEnded),
    example={"rate_limit": 2000, "allowed_ips": ["203.0.113.0/24"]},
)
ROLL_KEY = Operation(
    summary="Replace a key by a new one; the old one goes on for a while",
    tag=TAG,
    description=f"Callbacks go on being signed with the same secret. {SHOWN_ONCE}",
    body=RollBody,
    answers={201: KeyIssued},
    errors=(NoSuchKey, KeyEnded),
    idempotent=True,
    example={"overlap_hours": 24},
)
REVOKE_KEY = Operation(
    summary="End a key at once and for ever", tag=TAG, answers={200: KeyShown}, errors=(NoSuchKey,), idempotent=True
)

Making = Callable[[AsyncSession], Awaitable[object]]


def key_routes(surface: Surface, api: Api) -> list[Route]:
    """Partners and keys, for the operator."""
    desk = Desk(api)
    one = f"{KEYS}/{{key_id}}"
    return [
        surface.route("POST", PARTNERS, desk.make_partner, operation=MAKE_PARTNER),
        surface.route("GET", PARTNERS, desk.partners, operation=LIST_PARTNERS),
        surface.route("PATCH", f"{PARTNERS}/{{partner_id}}", desk.change_partner, operation=CHANGE_PARTNER),
        surface.route("POST", KEYS, desk.make_key, operation=MAKE_KEY),
        surface.route("GET", KEYS, desk.keys, operation=LIST_KEYS),
        surface.route("GET", one, desk.key, operation=GET_KEY),
        surface.route("PATCH", one, desk.change, operation=CHANGE_KEY),
        surface.route("POST", f"{one}/roll", desk.roll, operation=ROLL_KEY),
        surface.route("POST", f"{one}/revoke", desk.revoke, operation=REVOKE_KEY),
    ]


class Desk:
    """The handlers."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._keys = PartnerApiKeys(KeyHashes(api.secret_key), clock=api.clock)
        self._partners = Partners(clock=api.clock, key_hash_key=derive_key(api.secret_key, Purpose.PARTNER_KEY))

    async def make_partner(self, request: web.Request) -> web.Response:
        wanted = await read_model(request, PartnerBody)

        async def work(session: AsyncSession) -> object:
            partner = await self._partners.create(session, wanted.name, slots=wanted.slots)
            return partner_made(partner, await self._partners.issue_key(session, partner))

        return await self._once(request, work, status=CREATED)

    async def partners(self, request: web.Request) -> web.Response:
        query = read_query(request, PartnersQuery)
        page = {"limit": query.limit, "offset": query.offset}
        async with self._api.database.reading() as session:
            rows, total = await repository.list_partners(session, PLATFORM, search=query.search, **page)
        return json_response(PartnerList([partner_shown(row) for row in rows], total, **page))

    async def change_partner(self, request: web.Request) -> web.Response:
        partner_id = uuid_of(request.match_info["partner_id"], NoSuchPartner)
        wanted = await read_model(request, PartnerPatch)
        changes = PartnerChanges(name=wanted.name, slots=wanted.slots, is_active=wanted.is_active)
        async with self._api.database.unit_of_work() as session:
            row = await change_partner(session, partner_id, changes, now=self._api.clock.now())
        return json_response(partner_shown(row))

    async def make_key(self, request: web.Request) -> web.Response:
        wanted = await read_model(request, KeyBody)
        asked = KeyRequest(
            environment=wanted.environment,
            name=wanted.name or "",
            valid_for=timedelta(days=wanted.expires_days),
            company_id=wanted.company_id,
            all_companies=wanted.all_companies,
            rate_limit=wanted.rate_limit,
            allowed_ips=wanted.allowed_ips,
            created_by=_maker(request),
        )

        async def work(session: AsyncSession) -> object:
            partner = await repository.find_partner(session, PLATFORM, wanted.partner_id)
            if partner is None:
                raise NoSuchPartner
            return self._issued(await self._keys.issue(session, partner, asked), partner)

        return await self._once(request, work, status=CREATED)

    async def keys(self, request: web.Request) -> web.Response:
        query, now = read_query(request, KeysQuery), self._api.clock.now()
        page = {"limit": query.limit, "offset": query.offset}
        async with self._api.database.reading() as session:
            found, total = await repository.list_keys(
                session, PLATFORM, partner_id=query.partner_id, environment=query.environment, **page
            )
        return json_response(KeyList([key_shown(row, partner, now) for row, partner in found], total, **page))

    async def key(self, request: web.Request) -> web.Response:
        async with self._api.database.reading() as session:
            found = await repository.find_key(session, PLATFORM, uuid_of(request.match_info["key_id"], NoSuchKey))
        if found is None:
            raise NoSuchKey
        return json_response(key_shown(*found, self._api.clock.now()))

    async def change(self, request: web.Request) -> web.Response:
        key_id, wanted = uuid_of(request.match_info["key_id"], NoSuchKey), await read_model(request, KeyPatch)
        changes = KeyChanges(
            name=wanted.name,
            is_active=wanted.is_active,
            rate_limit=wanted.rate_limit,
            allowed_ips=wanted.allowed_ips,
            valid_for=timedelta(days=wanted.expires_days) if wanted.expires_days else None,
        )
        async with self._api.database.unit_of_work() as session:
            row, partner = await key_to_change(session, key_id)
            self._keys.change(row, changes)
        return json_response(key_shown(row, partner, self._api.clock.now()))

    async def roll(self, request: web.Request) -> web.Response:
        key_id, wanted = uuid_of(request.match_info["key_id"], NoSuchKey), await _read_roll(request)

        async def work(session: AsyncSession) -> object:
            row, partner = await key_to_change(session, key_id)
            issued = await self._keys.roll(
                session,
                row,
                overlap=timedelta(hours=wanted.overlap_hours),
                valid_for=timedelta(days=wanted.expires_days),
                created_by=_maker(request),
            )
            return self._issued(issued, partner)

        return await self._once(request, work, status=CREATED)

    async def revoke(self, request: web.Request) -> web.Response:
        key_id = uuid_of(request.match_info["key_id"], NoSuchKey)

        async def work(session: AsyncSession) -> object:
            row, partner = await key_to_change(session, key_id)
            self._keys.revoke(row)
            return key_shown(row, partner, self._api.clock.now())

        return await self._once(request, work)

    def _issued(self, issued: IssuedKey, partner: Partner) -> object:
        secret = self._api.signers.secret(issued.signer)
        return key_issued(issued, partner, self._api.clock.now(), webhook_secret=secret)

    async def _once(self, request: web.Request, making: Making, *, status: int = 200) -> web.Response:
        """Do it under the operator's idempotency key, which counts for this path alone."""

        async def work(session: AsyncSession) -> Answer:
            return Answer(status, msgspec.json.encode(await making(session)))

        scope = f"operator:{request[OPERATOR].id}:{request.path.removeprefix('/api/partner/admin')}"
        return await answered_once(request, self._api.idempotency, scope=scope, work=work)


async def _read_roll(request: web.Request) -> RollBody:
    """The body, which may be left out."""
    return await read_model(request, RollBody) if await read_body(request) else RollBody()


def _maker(request: web.Request) -> str:
    return f"operator:{request[OPERATOR].name}"
