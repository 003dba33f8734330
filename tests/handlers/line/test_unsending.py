"""Every place that keeps somebody's words, once they took them back or changed them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import Table, select

from bot.clock import ManualClock
from bot.db.base import Base
from bot.line.simulator import FaultMode, Group, Told, User, Where
from bot.models import Message, StaffNotice, UnansweredCluster
from bot.texts import say
from handlers.line.unsending import with_text
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import tap

SECRET = "大象 0912345678"
ASKED = f"可以帶{SECRET}來嗎？"


async def places_of(running: Running, words: str) -> list[str]:
    """The columns of all tables in which words still stand."""
    found = []
    async with running.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            assert isinstance(table, Table)
            for row in (await session.execute(select(table))).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if words in as_text(value)]
    return sorted(set(found))


def as_text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, default=str)


async def owner_and_customer(running: Running) -> tuple[User, User]:
    """The owner of a shop, and somebody who writes to it."""
    owner = running.friend("老闆")
    await running.shops.own(await running.shops.open(), owner)
    return owner, running.friend("客人")


async def test_an_unsent_question_stands_nowhere_any_more(live: Running) -> None:
    await live.shops.open()
    said = await live.line.user_says(live.central, live.friend(), ASKED)
    await live.settle()
    assert {"line_events.payload", "messages.text", "unanswered_clusters.text"} <= set(await places_of(live, SECRET))
    await live.line.unsend(said)
    await live.settle()
    assert await places_of(live, SECRET) == []


async def test_what_was_answered_together_with_it_goes_too(still: Running) -> None:
    await still.shops.open()
    user, people = still.friend(), still.line.people
    where = Where(still.central.channel_id, user.user_id, user.user_id)
    first, second = people.say(where, "請問"), people.say(where, ASKED)
    await still.line.deliver(first, second)
    await still.settle()
    assert second is not None
    await still.line.unsend(Told(second, ()))
    await still.settle()
    assert await places_of(still, SECRET) == []


async def test_the_words_that_were_relayed_to_the_shop_go_too(still: Running, clock: ManualClock) -> None:
    owner, user = await owner_and_customer(still)
    waiting = await still.line.user_says(still.central, user, ASKED)
    await still.ask(user, "找真人")
    clock.advance(timedelta(seconds=1))
    await still.ask(owner, "誰在等")
    said = await still.line.user_says(still.central, user, f"我的是{SECRET}")
    await still.settle()
    assert "staff_notices.text" in await places_of(still, SECRET)
    for told in (waiting, said):
        await still.line.unsend(told)
    await still.settle()
    assert await places_of(still, SECRET) == []


async def test_an_answer_that_the_shop_gave_later_goes_with_its_question(still: Running) -> None:
    owner, user = await owner_and_customer(still)
    asked = await still.line.user_says(still.central, user, ASKED)
    await still.settle()
    await still.ask(owner, "待回答")
    await tap(still, owner, "回答")
    await still.ask(owner, "抱歉，不行喔。")
    await still.ask(user, ASK)
    await still.line.unsend(asked)
    await still.settle()
    kept = await places_of(still, SECRET)
    # What the owner has made of the question is their knowledge now, and what they wrote down stays theirs.
    assert [
        place for place in kept if place.startswith(("messages", "late_answers", "line_events", "unanswered"))
    ] == []


async def test_staff_notices_keep_their_sense_without_the_words(still: Running) -> None:
    _owner, user = await owner_and_customer(still)
    said = await still.line.user_says(still.central, user, ASKED)
    await still.ask(user, "找真人")
    await still.line.unsend(said)
    await still.settle()
    assert ["收回" in notice.text for notice in await still.rows(select(StaffNotice))] == [True]


@pytest.mark.parametrize("behind", [(), (1,)], ids=["alone", "behind another"])
async def test_a_message_that_arrives_after_its_unsend_is_neither_kept_nor_answered(
    still: Running, behind: tuple[int, ...]
) -> None:
    """Redelivered webhooks come in any order."""
    await still.shops.open()
    user, people = still.friend(), still.line.people
    where = Where(still.central.channel_id, user.user_id, user.user_id)
    others = [people.say(where, ASK) for _ in behind]
    said = people.say(where, ASKED)
    assert said is not None
    await still.line.deliver(people.unsend(Told(said, ()).message_id))
    await still.settle()
    await still.line.deliver(*others, said)
    await still.settle()
    assert await places_of(still, SECRET) == []
    assert (await still.ends())[0] == ("silent", "unsend_of_unknown")
    assert ("silent", "unsent") in await still.ends()
    assert still.seen(user) == [ANSWER for _ in behind]


async def test_what_the_shop_looked_at_goes_too(still: Running) -> None:
    """Who waits, and what was said before: transcripts and lists show a customer's words a second time."""
    owner, user = await owner_and_customer(still)
    said = await still.line.user_says(still.central, user, ASKED)
    await still.ask(user, "找真人")
    for order in ("等待中", "看最近對話", "未回答問題"):
        await still.ask(owner, order)
    await tap(still, owner, "回答")
    assert "deliveries.messages" in await places_of(still, SECRET)
    await still.line.unsend(said)
    await still.settle()
    assert await places_of(still, SECRET) == []


async def test_what_is_sent_to_the_shop_once_more_goes_without_the_words(still: Running, clock: ManualClock) -> None:
    owner, user = await owner_and_customer(still)
    said = await still.line.user_says(still.central, user, ASKED)
    await still.ask(user, "找真人")
    still.line.fail(FaultMode.STATUS, endpoint="reply")
    await still.line.user_says(still.central, owner, "看最近對話")
    await still.until(lambda events: not still.line.faults.all())
    await still.line.unsend(said)
    await still.until(lambda events: events[-1].reason == "unsent")
    clock.advance(timedelta(seconds=2))
    await still.settle()
    assert await places_of(still, SECRET) == []
    assert ("failed", "content_refused") not in await still.ends()
    shown = still.line.visible_messages(still.central, owner)[-1]
    assert (shown.via, say("line.taken_back") in str(shown.content), SECRET in str(shown.content)) == (
        "reply",
        True,
        False,
    )


# Changes of a text, which LINE tells of groups only


async def group_of(running: Running, *members: User) -> Group:
    return running.line.add_group("住戶群", list(members), channel=running.central)


async def changed(running: Running, said: Told, text: str) -> None:
    await running.line.deliver(running.line.people.edit(said.message_id, text=text))
    await running.settle()


async def test_an_edit_changes_what_is_kept_and_is_no_second_question(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    group = await group_of(still, user)
    said = await still.line.user_says(still.central, user, "巷口咖啡 可以帶大象嗎？", group=group)
    await still.settle()
    before = still.seen(group)
    await changed(still, said, "巷口咖啡 可以帶老虎嗎？")
    [question] = await still.rows(select(Message.text).where(Message.direction == "in"))
    [cluster] = await still.rows(select(UnansweredCluster.text))
    assert (question, cluster) == ("可以帶老虎嗎？", "可以帶老虎嗎？")
    assert await places_of(still, "大象") == []
    assert still.seen(group) == before
    assert (await still.ends())[-1] == ("silent", "edited")


async def test_the_newest_of_several_edits_counts_whatever_comes_last(still: Running, clock: ManualClock) -> None:
    await still.shops.open()
    user = still.friend()
    group = await group_of(still, user)
    said = await still.line.user_says(still.central, user, "巷口咖啡 可以帶大象嗎？", group=group)
    await still.settle()
    edits = []
    for text in ("巷口咖啡 可以帶老虎嗎？", "巷口咖啡 可以帶獅子嗎？"):
        clock.advance(timedelta(seconds=1))
        edits.append(still.line.people.edit(said.message_id, text=text))
    for edit in reversed(edits):
        await still.line.deliver(edit)
        await still.settle()
    assert await still.rows(select(Message.text).where(Message.direction == "in")) == ["可以帶獅子嗎？"]
    assert [reason for _, reason in await still.ends()][1:] == ["edited", "edited_again"]


async def test_an_edit_that_overtakes_its_message_is_what_is_answered(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    group = await group_of(still, user)
    people = still.line.people
    said = people.say(Where(still.central.channel_id, group.group_id, user.user_id), "巷口咖啡 可以帶大象嗎？")
    assert said is not None
    assert said.message is not None
    edited = people.edit(said.message.message_id, text=f"巷口咖啡 {ASK}")
    await still.line.deliver(edited, said)
    await still.settle()
    assert still.seen(group) == [ANSWER]


async def test_an_unsent_message_takes_its_edits_along(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    group = await group_of(still, user)
    said = await still.line.user_says(still.central, user, "巷口咖啡 你好", group=group)
    await still.settle()
    await changed(still, said, f"巷口咖啡 {ASKED}")
    await still.line.unsend(said)
    await still.settle()
    assert await places_of(still, SECRET) == []


@pytest.mark.parametrize("message_id", ["404404", None])
async def test_an_edit_of_nothing_known_changes_nothing(still: Running, message_id: str | None) -> None:
    await still.shops.open()
    message = {"id": message_id, "type": "text", "text": "改過的字"}
    event = {
        "type": "messageEdited",
        "mode": "active",
        "source": {"type": "group", "groupId": "C1"},
        "message": message,
    }
    await still.line.deliver(still.line.people.raw(still.central.channel_id, event))
    await still.settle()
    assert str((await still.ends())[0][1]).startswith("edit_of_")
    assert await still.rows(select(Message)) == []


def test_an_edited_event_keeps_all_but_the_words_and_their_marks() -> None:
    event = {"type": "message", "message": {"id": "1", "type": "text", "text": "a", "mention": {}, "quoteToken": "q"}}
    assert json.loads(with_text(json.dumps(event), "b"))["message"] == {
        "id": "1",
        "type": "text",
        "text": "b",
        "quoteToken": "q",
    }
