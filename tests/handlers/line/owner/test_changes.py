"""Partners are told what becomes of their bots' owners."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot, PartnerApiKey, WebhookDelivery, WebhookSigner
from handlers.line.owner.changes import ChangeKind, OwnerChange, tell_partner
from partner_api.api import Api
from partner_api.callbacks.events import BotOwnerEvent
from partner_api.caller import Environment
from tests.support.partners import MadeKey, api_on, make_key, make_partner
from tests.support.settings import MakeSettings

OWNER, FORMER, HELPER = "U" + "a" * 32, "U" + "b" * 32, "U" + "c" * 32
URL = "https://partner.com/events"


@pytest.fixture
def api(sqlite_database: Database, clock: ManualClock, settings: MakeSettings) -> Api:
    return api_on(sqlite_database, settings(), clock)


async def listening(api: Api, key: MadeKey) -> MadeKey:
    async with api.database.unit_of_work() as session:
        changed = update(WebhookSigner).where(WebhookSigner.id == key.caller.signer_id)
        await session.execute(changed.values(event_url=URL))
    return key


async def told(api: Api, key: MadeKey, kind: ChangeKind = ChangeKind.TRANSFERRED) -> list[WebhookDelivery]:
    """What is to be sent once a bot of this key's partner has changed hands."""
    bot = Bot(id=uuid.uuid4(), tenant_id=key.caller.principal.tenant_id, partner_id=key.caller.partner_id)
    bot.store_name = "小城咖啡"
    change = OwnerChange(kind=kind, bot=bot, owner=OWNER, former=(FORMER, HELPER))
    async with api.database.unit_of_work() as session:
        lanes = await tell_partner(session, change, now=api.clock.now())
        found = list(await session.scalars(select(WebhookDelivery).options(undefer(WebhookDelivery.body))))
    assert sorted(lanes) == sorted(one.lane for one in found)
    return found


@pytest.mark.parametrize("kind", list(ChangeKind))
async def test_a_partner_is_told_what_happened_and_nobodys_name(api: Api, kind: ChangeKind) -> None:
    key = await listening(api, await make_key(api))
    (delivery,) = await told(api, key, kind)
    body = json.loads(delivery.body or b"")
    assert body == {
        "event": f"bot.{kind}",
        "timestamp": "2026-01-01T00:00:00Z",
        "bot_id": str(delivery.subject_id),
        "store_name": "小城咖啡",
        "helpers_removed": 1,
    }
    assert msgspec.to_builtins(msgspec.convert(body, BotOwnerEvent)) == body, "as it is documented"
    assert (delivery.event, delivery.signer_id, delivery.company_id) == (f"bot.{kind}", key.caller.signer_id, None)


async def test_each_key_that_listens_is_told_by_its_own_signer(api: Api) -> None:
    partner = await make_partner(api)
    keys = [await listening(api, await make_key(api, partner)) for _ in range(2)]
    await make_key(api, partner)
    assert {one.signer_id for one in await told(api, keys[0])} == {key.caller.signer_id for key in keys}


async def test_the_sandbox_others_and_keys_that_open_nothing_are_not_told(api: Api, clock: ManualClock) -> None:
    partner = await make_partner(api)
    await listening(api, await make_key(api, partner, environment=Environment.SANDBOX))
    await listening(api, await make_key(api))
    silent = await make_key(api, partner)
    for ended in ({"revoked_at": clock.now()}, {"is_active": False}, {"expires_at": clock.now()}):
        key = await listening(api, await make_key(api, partner))
        async with api.database.unit_of_work() as session:
            ending = update(PartnerApiKey).where(PartnerApiKey.id == key.caller.key_id)
            await session.execute(ending.values(**ended))
    clock.advance(timedelta(seconds=1))
    assert await told(api, silent) == []
