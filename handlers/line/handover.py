"""A customer and a person of the shop: asking for one, and talking with one while the bot is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.line.client import LineClient
from bot.line.delivery import Purpose
from bot.line.delivery import repository as ledger
from bot.line.events import MessageEvent
from bot.line.messages import TextMessage
from bot.models import Bot, Delivery
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.asking import principal_of
from handlers.line.notices import Notice, NoticeKind, lasting_key, tell
from handlers.line.opening import opening_from, reopens
from handlers.line.profiles import name_of_person
from handlers.line.pushing import send_to
from handlers.line.relaying import described, to_staff, transcript
from handlers.line.rendering import messages_for
from handlers.line.repository import RELAY, Line, Speaker, Standing, Talk
from handlers.line.responses import HandedOver, Incoming, Reply, Response
from handlers.line.resting import is_resting
from handlers.line.router import Turn
from handlers.line.situation import Situation
from handlers.line.taken_back import messages_taken_back
from handlers.line.taps import button
from knowledge.composing import smalltalk
from knowledge.composing.fixed import phone_of
from knowledge.repository.parameters import parameters_of
from knowledge.repository.vendors import vendor_card

# A person who says nothing for so long has gone: the bot answers again.
PERSON_STAYS = timedelta(hours=2)
WAITS_FOR = timedelta(hours=24)
LAST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who the customer is, as far as LINE tells, and how else the shop can be reached."""

    name: str | None = None
    phone: str | None = None


def asks_for_person(text: str) -> bool:
    """Whether a text says that its writer wants to talk with a person, and nothing else."""
    return smalltalk.kind_of(text) == "human"


def wants_person(_: Incoming, situation: Situation) -> bool:
    """A filter: somebody asks the bot for a person of the shop."""
    return situation.bot is not None and situation.said is not None and asks_for_person(situation.said)


class Handover:
    """What customers do about it. `line` is asked for their names, with no transaction open."""

    def __init__(self, database: Database, line: LineClient) -> None:
        self._database = database
        self._line = line

    async def introduce(self, incoming: Incoming, situation: Situation) -> Introduction:
        """Find out what the people of the shop will want to know."""
        bot, name, phone = situation.bot, None, None
        async with self._database.reading() as session:
            if situation.contact is not None:
                name = (await repository.contact(session, situation.contact.id)).display_name
            if bot is not None and wants_person(incoming, situation):
                phone = await _phone_of(session, bot)
        if name is None and incoming.in_private and incoming.user_id is not None:
            name = await name_of_person(self._line, incoming.channel.token, incoming.user_id)
        return Introduction(name, phone)


async def ask(session: AsyncSession, turn: Turn) -> Response:
    """找真人: say honestly what happens now, and tell the people of the shop."""
    incoming, language, bot = turn.incoming, turn.situation.language, turn.situation.bot
    found = turn.prepared or Introduction()
    if bot is None or not incoming.in_private:
        return Reply(messages=messages_for(say("handover.not_in_group", language)), bot_id=bot.id if bot else None)
    if turn.situation.role is not None:
        return Reply(messages=messages_for(say("handover.asked_by_staff", language)), bot_id=bot.id)
    standing = await repository.upsert_conversation(session, bot, turn.contact.id, now=incoming.now)
    question = Line(text=incoming.text, event_id=incoming.event_id)
    await repository.keep_lines(session, bot, standing.conversation_id, [question], now=incoming.now)
    lanes: tuple[str, ...] = ()
    if incoming.user_id is None or not await repository.staff_of(session, bot.id):
        # Nobody can write to somebody whom LINE doesn't name.
        key = "answer.human_with_phone" if found.phone else "answer.human"
        text = say(key, language, shop=bot.store_name, phone=found.phone)
    elif standing.person_is_asked_for(incoming.now):
        await _remember(session, turn, standing)
        text = _promise("asked_resting" if is_resting(bot) else "still_waiting", turn, bot, found)
    else:
        await _remember(session, turn, standing, asks=True)
        lanes = await _tell_staff(session, turn, bot, standing.conversation_id)
        is_soon = bool(lanes) and _back_at(turn, bot) is None
        told = "asked" if is_soon else "asked_later"
        text = _promise("asked_resting" if is_resting(bot) else told, turn, bot, found)
    answer = Line(text=text, event_id=incoming.event_id, is_answer=True)
    await repository.keep_lines(session, bot, standing.conversation_id, [answer], now=incoming.now)
    return Reply(messages=messages_for(text), bot_id=bot.id, wake=lanes)


async def relay(session: AsyncSession, turn: Turn) -> Response:
    """Keep what the customer says, and bring it to the person who has the conversation."""
    incoming, bot, standing = turn.incoming, turn.situation.bot, turn.situation.standing
    if bot is None or standing is None:
        return HandedOver()
    if await repository.is_kept(session, incoming.event_id):
        return HandedOver("relayed_together")
    await _remember(session, turn, standing)
    talk = await repository.find_talk(session, bot.id, standing.conversation_id, held=True)
    taken_back = await messages_taken_back(session, incoming)
    together = [one for one in (incoming, *incoming.following) if one.message_id not in taken_back]
    if talk is None or not together:
        return HandedOver("nothing_to_relay")
    language = turn.situation.language
    words = [described(one.event, language) if isinstance(one.event, MessageEvent) else "" for one in together]
    delivery = await _bring(session, bot, talk, words, now=incoming.now)
    sources = {RELAY: delivery.id if delivery is not None else repository.NOT_RELAYED}
    lines = [
        Line(text=text, event_id=one.event_id, kind=one.kind, sources=sources)
        for one, text in zip(together, words, strict=True)
    ]
    await repository.keep_lines(session, bot, talk.id, lines, now=incoming.now)
    if talk.speaker_at(incoming.now) is Speaker.PERSON:
        until = incoming.now + PERSON_STAYS
        await repository.change_conversation(session, talk.id, state_until=until, last_message_at=incoming.now)
    return HandedOver("relayed", (delivery.lane,)) if delivery is not None else HandedOver("not_relayed")


async def back_from_person(
    session: AsyncSession, standing: Standing, language: Language, *, now: datetime
) -> str | None:
    """What to say first where a person had the conversation until lately: the bot is back. None where none had."""
    if standing.speaker != Speaker.PERSON or standing.person_has_it(now):
        return None
    back = {"state": Speaker.BOT.value, "state_since": now, "state_until": None}
    await repository.change_conversation(session, standing.conversation_id, **back)
    return say("handover.back", language)


async def withdraw(session: AsyncSession, event_id: int) -> None:
    """Take what an event brought out of what is relayed, if that isn't out yet; else out of the ledger."""
    relayed = await repository.relay_of_event(session, event_id)
    if relayed is None:
        return
    conversation_id, delivery_id = relayed
    delivery = await session.get_one(Delivery, delivery_id)
    gone = await repository.asked_message(session, event_id)
    left = [one.text for one in await repository.relayed_by(session, conversation_id, delivery_id) if one.id != gone]
    bot = await session.get(Bot, delivery.bot_id) if delivery.bot_id is not None else None
    talk = await repository.find_talk(session, bot.id, conversation_id) if bot is not None else None
    messages = []
    if bot is not None and talk is not None and left:
        has_it = talk.staff_contact_id
        chosen = (await repository.contact(session, has_it)).language if has_it is not None else None
        messages = _for_staff(bot, talk, left, chosen=chosen)
    reworded = await repository.reword_delivery(session, delivery_id, [message.to_json() for message in messages])
    if not reworded and delivery.due_at is None:
        await ledger.blank_delivery(session, delivery_id)


async def _bring(
    session: AsyncSession, bot: Bot, talk: Talk, words: Sequence[str], *, now: datetime
) -> Delivery | None:
    """Queue a customer's words to the person who has the conversation; None where nothing may be sent."""
    if talk.staff_contact_id is None:
        return None
    staff = await repository.contact(session, talk.staff_contact_id)
    messages = _for_staff(bot, talk, words, chosen=staff.language)
    sent = await send_to(session, bot, staff.source_id, messages, purpose=Purpose.RELAY, now=now)
    return sent if isinstance(sent, Delivery) else None


def _for_staff(bot: Bot, talk: Talk, words: Sequence[str], *, chosen: str | None) -> list[TextMessage]:
    """A customer's words as the person who has the conversation, and has `chosen` a language or none, sees them."""
    language = Language(chosen) if chosen else Language.ZH_TW
    give_back = button(bot, say("handover.give_back", language), "giveback", str(talk.id))
    return to_staff(talk.name or say("handover.somebody", language), words, language, buttons=[give_back])


async def _remember(session: AsyncSession, turn: Turn, standing: Standing, *, asks: bool = False) -> None:
    """Keep the customer's name, and what shows their words as read once somebody has answered."""
    incoming, found = turn.incoming, turn.prepared
    if isinstance(found, Introduction) and found.name:
        await repository.change_contact(session, turn.contact.id, display_name=found.name)
    changes: dict[str, Any] = {}
    if asks:
        until = incoming.now + WAITS_FOR
        changes = {"state": Speaker.WAITING.value, "state_since": incoming.now, "state_until": until}
        changes["staff_contact_id"] = None
    if incoming.channel.reads_by_hand and incoming.event.mark_as_read_token is not None:
        changes["read_token"] = incoming.event.mark_as_read_token
    if changes:
        await repository.change_conversation(session, standing.conversation_id, **changes)


async def _tell_staff(session: AsyncSession, turn: Turn, bot: Bot, conversation_id: int) -> tuple[str, ...]:
    """A notice with the conversation's last words."""
    now, language, found = turn.incoming.now, Language.ZH_TW, turn.prepared
    name = (found.name if isinstance(found, Introduction) else None) or say("handover.somebody", language)
    said = await repository.last_said(session, conversation_id, limit=LAST_WORDS)
    notice = Notice(
        kind=NoticeKind.WAITING,
        key=lasting_key(NoticeKind.WAITING, conversation_id, int(now.timestamp())),
        text=say("handover.waits", language, name=name, said=transcript(said, name, language)),
        urgent=True,
        conversation_id=conversation_id,
    )
    return await tell(session, bot, notice, now=now)


def _promise(key: str, turn: Turn, bot: Bot, found: Introduction) -> str:
    """What a customer who asked for a person can count on, with the phone and when somebody is there."""
    language = turn.situation.language
    said = [say(f"handover.{key}", language, shop=bot.store_name)]
    when = _back_at(turn, bot)
    if when is not None:
        said.append(say("handover.when_open", language, when=when))
    if found.phone:
        said.append(say("handover.by_phone", language, phone=found.phone))
    return "\n".join(said)


def _back_at(turn: Turn, bot: Bot) -> str | None:
    """When somebody will be there again; None where they may be there now."""
    return reopens(opening_from(bot.opening), turn.situation.language, now=turn.incoming.now)


async def _phone_of(session: AsyncSession, bot: Bot) -> str | None:
    """The number that customers may call."""
    principal = principal_of(bot)
    card = await vendor_card(session, principal, bot.vendor_id)
    if card is None:
        return None
    parameters = await parameters_of(session, principal, bot.vendor_id)
    return phone_of(card, {item.key: item for item in parameters})
