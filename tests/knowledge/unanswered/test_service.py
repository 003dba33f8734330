from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot, Channel, Contact, Conversation, Message, UnansweredCluster, UnansweredQuestion
from bot.tenancy.principal import Principal
from knowledge import repository, unanswered
from knowledge.errors import VendorNotFound
from knowledge.repository import NewVendor
from knowledge.repository.changes import Author
from knowledge.unanswered import Asked
from tests.knowledge.conftest import new_tenant


class Shop:
    """A vendor whose customers ask, on a store of the test's own."""

    def __init__(self, database: Database, clock: ManualClock, principal: Principal, vendor_id: int) -> None:
        self.database, self.clock, self.principal, self.vendor_id = database, clock, principal, vendor_id

    async def ask(self, text: str, *, audience: str = "renter", message_id: int | None = None) -> int | None:
        asked = Asked(self.vendor_id, audience, text, message_id=message_id)
        async with self.database.unit_of_work() as session:
            return await unanswered.record(session, self.principal, asked, now=self.clock.now())

    async def rows(self, model: Any) -> list[Any]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(model).order_by(model.id)))

    async def forget(self, message_id: int) -> None:
        async with self.database.unit_of_work() as session:
            await unanswered.forget(session, message_id)

    async def messages(self, count: int) -> list[int]:
        """LINE messages that were stored."""
        now, bot_id, channel_id = self.clock.now(), uuid.uuid4(), uuid.uuid4()
        tenant = {"tenant_id": self.principal.tenant_id}
        async with self.database.unit_of_work() as session:
            session.add(Channel(
                id=channel_id, is_central=False, name="c", secret_box=b"", token_box=b"", created_at=now,
                updated_at=now, **tenant,
            ))  # fmt: skip
            await session.flush()
            session.add(Bot(
                id=bot_id, vendor_id=self.vendor_id, channel_id=channel_id, store_name="s", shop_code="AB23CD",
                mgmt_token_hash="x", created_at=now, updated_at=now, **tenant,
            ))  # fmt: skip
            contact = Contact(channel_id=channel_id, source_id="U1", source_type="user", created_at=now)
            session.add(contact)
            await session.flush()
            talk = Conversation(contact_id=contact.id, bot_id=bot_id, created_at=now, last_message_at=now, **tenant)
            session.add(talk)
            await session.flush()
            made = [
                Message(conversation_id=talk.id, direction="in", kind="text", text="x", created_at=now, **tenant)
                for _ in range(count)
            ]
            session.add_all(made)
            await session.flush()
            return [message.id for message in made]


async def new_shop(database: Database, clock: ManualClock) -> Shop:
    principal = await new_tenant(database, clock)
    async with database.unit_of_work() as session:
        vendor_id = await repository.add_vendor(session, principal, NewVendor("A", "A"), now=clock.now())
    return Shop(database, clock, principal, vendor_id)


@pytest.fixture
async def shop(database: Database, clock: ManualClock) -> Shop:
    """A shop, on each kind of store."""
    return await new_shop(database, clock)


async def test_questions_that_ask_the_same_are_counted_together(shop: Shop, clock: ManualClock) -> None:
    first = await shop.ask("可以養貓嗎")
    clock.advance(timedelta(hours=1))
    assert await shop.ask("可以養貓嗎？") == first != await shop.ask("停車位多少錢")
    cluster = (await shop.rows(UnansweredCluster))[0]
    assert (cluster.text, cluster.asked, cluster.state) == ("可以養貓嗎", 2, "open")
    assert cluster.last_asked_at - cluster.first_asked_at == timedelta(hours=1)


async def test_audiences_and_vendors_are_kept_apart(shop: Shop, clock: ManualClock) -> None:
    other = await new_shop(shop.database, clock)
    ids = [await shop.ask("可以養貓嗎"), await shop.ask("可以養貓嗎", audience="staff"), await other.ask("可以養貓嗎")]
    assert len(set(ids)) == 3
    other.vendor_id = shop.vendor_id
    with pytest.raises(VendorNotFound):
        await other.ask("可以養貓嗎")


@pytest.mark.parametrize("text", ["謝謝", "?", " ", "哈哈"])
async def test_small_talk_and_noise_are_not_kept(shop: Shop, text: str) -> None:
    assert await shop.ask(text) is None
    assert await shop.rows(UnansweredCluster) == []


async def test_a_message_counts_once_however_often_it_is_delivered(shop: Shop) -> None:
    (message,) = await shop.messages(1)
    assert await shop.ask("可以養貓嗎", message_id=message) is not None
    assert await shop.ask("可以養貓嗎", message_id=message) is None
    assert [cluster.asked for cluster in await shop.rows(UnansweredCluster)] == [1]


async def test_dismissed_ones_stay_dismissed_and_answered_ones_begin_anew(shop: Shop, clock: ManualClock) -> None:
    cat, car = await shop.ask("可以養貓嗎"), await shop.ask("停車位多少錢")
    assert cat is not None
    assert car is not None
    async with shop.database.unit_of_work() as session:
        await unanswered.dismiss(session, shop.principal, cat)
        given = {"answer": "每月兩千元。"}
        await unanswered.answer(session, Author(shop.principal), car, given=given, now=clock.now())
    assert await shop.ask("可以養貓嗎") == cat
    assert await shop.ask("停車位多少錢") not in {cat, car}
    assert [(row.state, row.asked) for row in await shop.rows(UnansweredCluster)] == [
        ("dismissed", 2), ("answered", 1), ("open", 1),
    ]  # fmt: skip


async def test_what_was_begun_twice_at_once_becomes_one(shop: Shop, clock: ManualClock) -> None:
    first = await shop.ask("可以養貓嗎")
    async with shop.database.unit_of_work() as session:
        twin = UnansweredCluster(
            tenant_id=shop.principal.tenant_id, vendor_id=shop.vendor_id, audience="renter", text="可以養貓嗎？",
            asked=3, first_asked_at=clock.now() - timedelta(days=1), last_asked_at=clock.now(),
        )  # fmt: skip
        session.add(twin)
    assert await shop.ask("可以養貓嗎!") == first
    (cluster,) = await shop.rows(UnansweredCluster)
    assert (cluster.asked, cluster.first_asked_at) == (5, clock.now() - timedelta(days=1))


async def test_many_at_once_lose_nothing(shop: Shop) -> None:
    await asyncio.gather(*(shop.ask("可以養貓嗎") for _ in range(12)))
    await shop.ask("可以養貓嗎")
    clusters, questions = await shop.rows(UnansweredCluster), await shop.rows(UnansweredQuestion)
    assert sum(cluster.asked for cluster in clusters) == len(questions) == 13
    assert len(clusters) == 1


async def test_a_text_that_was_taken_back_stands_nowhere(shop: Shop) -> None:
    first, second = await shop.messages(2)
    await shop.ask("可以養貓嗎，我叫王小明", message_id=first)
    await shop.ask("我可以養貓嗎，我叫王小明", message_id=second)
    await shop.forget(first)
    (cluster,), questions = await shop.rows(UnansweredCluster), await shop.rows(UnansweredQuestion)
    assert (cluster.text, cluster.asked) == ("我可以養貓嗎，我叫王小明", 2)
    assert [question.text for question in questions] == ["", "我可以養貓嗎，我叫王小明"]


async def test_a_cluster_whose_only_text_was_taken_back_disappears(shop: Shop) -> None:
    (message,) = await shop.messages(1)
    await shop.ask("可以養貓嗎", message_id=message)
    await shop.forget(message)
    await shop.forget(message)
    assert (await shop.rows(UnansweredCluster), await shop.rows(UnansweredQuestion)) == ([], [])
