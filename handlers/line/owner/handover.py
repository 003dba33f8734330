"""接手 and 交還: a person of the shop talks with a customer, and the bot is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME
from bot.line.delivery import Purpose
from bot.line.flex import bubble, carousel
from bot.line.messages import Action, FlexMessage
from bot.models import Delivery
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.handover import LAST_WORDS, PERSON_STAYS
from handlers.line.owner.desk import MENU, Desk, Errand, Order, button
from handlers.line.owner.replies import number_in
from handlers.line.owner.tools import Tools
from handlers.line.owner.words import after_word
from handlers.line.profiles import name_of_person
from handlers.line.pushing import NoRoom, room_for, send_to
from handlers.line.relaying import phone_in, to_customer, transcript
from handlers.line.rendering import messages_for
from handlers.line.repository import RELAY, SHOWN, Line, Role, Speaker, Talk
from handlers.line.responses import HandedOver, Incoming, Message, Reply, Response
from handlers.line.resting import back_text
from handlers.line.router import Turn
from handlers.line.situation import HANDOVER, Situation

TAKE, GIVE_BACK, WAITING, LOOK = "takeover", "giveback", "waiting", "talk"
RECENT = timedelta(days=3)
MOST_SHOWN = 10
PHONE_WITHIN = 30
# Behind a conversation's id: whatever stands in the way was asked about and confirmed.
ANYWAY = "!"


def add_to(desk: Desk, tools: Tools) -> None:
    """Let everybody of the shop talk with customers."""
    desk.action(TAKE, take_over, read=read, prepare=partial(find_name, tools))
    desk.action(GIVE_BACK, give_back)
    desk.action(WAITING, show_waiting)
    desk.action(LOOK, look)
    # A person's "never mind" is for the customer; the way back and the menu are not.
    desk.dialog(HANDOVER, speak, leaving=frozenset({GIVE_BACK, MENU}))


def read(text: str) -> str | None:
    """The name in "接手 小美"."""
    return after_word(text, "handover.heard_action_takeover")


async def find_name(tools: Tools, errand: Errand) -> str | None:
    """What LINE calls the customer whom a button names, if nobody has asked yet."""
    chosen = number_in(errand.argument.removesuffix(ANYWAY))
    async with tools.database.reading() as session:
        talk = await repository.find_talk(session, errand.bot.id, chosen) if chosen is not None else None
    if talk is None or talk.name is not None:
        return None
    return await name_of_person(tools.line, errand.incoming.channel.token, talk.user_id)


def speaks_otherwise(incoming: Incoming, situation: Situation) -> bool:
    """A filter: somebody who has a conversation sends what isn't text."""
    return situation.dialog is not None and situation.dialog.kind == HANDOVER and incoming.content is None


async def refuse_media(_session: AsyncSession, turn: Turn) -> Response:
    """Say that only texts are passed on."""
    bot = turn.situation.bot
    return Reply(
        messages=messages_for(say("handover.only_text", turn.situation.language)), bot_id=bot.id if bot else None
    )


async def take_over(session: AsyncSession, order: Order) -> Response:
    """Take the conversation that a button names; without one, show who could be taken over."""
    chosen = number_in(order.argument.removesuffix(ANYWAY))
    if chosen is None:
        return await _choose(session, order)
    talk = await repository.find_talk(session, order.bot.id, chosen, held=True)
    if talk is None:
        return _said(order, "not_found", buttons=[_see_recent(order)])
    if order.prepared:
        await repository.change_contact(session, talk.contact_id, display_name=order.prepared[:200])
        talk = replace(talk, name=order.prepared)
    if talk.contact_id == order.turn.contact.id:
        return _said(order, "own_chat")
    in_the_way = await _in_the_way(session, order, talk, anyway=order.argument.endswith(ANYWAY))
    return in_the_way or await _take(session, order, talk)


async def give_back(session: AsyncSession, order: Order) -> Response:
    """Let the bot answer again."""
    held = await repository.held_conversation(session, order.turn.contact.id, order.bot.id)
    talk = await repository.find_talk(session, order.bot.id, held, held=True) if held is not None else None
    if talk is None:
        return _said(order, "holding_none", buttons=[_see_waiting(order)])
    lanes = await _return(session, order, talk)
    buttons = [_see_waiting(order), _see_recent(order)]
    missed = await _missed(session, order, talk)
    text = say("handover.given_back", order.language, name=_name(talk, order))
    return Reply(messages=(*missed, *messages_for(text, buttons)), bot_id=order.bot.id, wake=lanes)


async def show_waiting(session: AsyncSession, order: Order) -> Response:
    """Who waits for a person, with their last words."""
    talks = await repository.waiting_talks(session, order.bot.id, now=order.incoming.now, limit=MOST_SHOWN)
    held = await repository.held_conversation(session, order.turn.contact.id, order.bot.id)
    mine = await repository.find_talk(session, order.bot.id, held) if held is not None else None
    missed = await _missed(session, order, mine) if mine is not None else ()
    if not talks:
        none = _said(order, "none_waiting", buttons=[_see_recent(order)])
        return replace(none, messages=(*missed, *none.messages))
    return Reply(messages=(*missed, await _cards(session, order, talks)), bot_id=order.bot.id)


async def look(session: AsyncSession, order: Order) -> Response:
    """The last words of one conversation; without one, the latest conversations."""
    chosen = number_in(order.argument)
    if chosen is None:
        return await _choose(session, order)
    talk = await repository.find_talk(session, order.bot.id, chosen)
    if talk is None:
        return _said(order, "not_found", buttons=[_see_recent(order)])
    said = await repository.last_said(session, talk.id, limit=2 * LAST_WORDS)
    text = transcript(said, _name(talk, order), order.language) or say("handover.nothing_said", order.language)
    take = button(order.bot, say("handover.take", order.language), TAKE, str(talk.id))
    return Reply(messages=messages_for(text, [take, _see_waiting(order)]), bot_id=order.bot.id)


async def speak(session: AsyncSession, order: Order) -> Response:
    """A text of whoever has a conversation: it goes to the customer, and isn't answered where that works."""
    dialog, now = order.turn.situation.dialog, order.incoming.now
    held = dialog.data.get("conversation") if dialog is not None else None
    talk = await repository.find_talk(session, order.bot.id, held, held=True) if held is not None else None
    if talk is None or talk.staff_contact_id != order.turn.contact.id:
        name = _name(talk, order) if talk is not None else say("handover.somebody", order.language)
        return _said(order, "not_yours", buttons=[_see_waiting(order)], name=name)
    if talk.speaker_at(now) is not Speaker.PERSON:
        await _let_go(session, talk)
        again = button(order.bot, say("handover.take", order.language), TAKE, str(talk.id))
        return _said(order, "ran_out", buttons=[again], name=_name(talk, order))
    words = to_customer(order.argument, Language(talk.language) if talk.language else Language.ZH_TW)
    sent = await send_to(session, order.bot, talk.user_id, words, purpose=Purpose.RELAY, now=now)
    missed = await _missed(session, order, talk)
    if not isinstance(sent, Delivery):
        said = await _not_delivered(session, order, talk, sent)
        return Reply(messages=(*missed, *messages_for(said, [_give_back(order, talk)])), bot_id=order.bot.id)
    line = Line(text=order.argument, is_answer=True, author="staff", sources={RELAY: sent.id})
    await repository.keep_lines(session, order.bot, talk.id, [line], now=now)
    await repository.change_conversation(session, talk.id, state_until=now + PERSON_STAYS)
    if missed:
        return Reply(messages=missed, bot_id=order.bot.id, wake=(sent.lane,))
    return HandedOver("relayed", (sent.lane,))


async def _choose(session: AsyncSession, order: Order) -> Response:
    """Who could be taken over: those who wait, then those who wrote lately."""
    now = order.incoming.now
    talks = await repository.waiting_talks(session, order.bot.id, now=now, limit=MOST_SHOWN)
    waiting = {talk.id for talk in talks}
    staff = {contact_id for _, _, contact_id in await repository.staff_of(session, order.bot.id)}
    recent = await repository.recent_talks(session, order.bot.id, since=now - RECENT, limit=2 * MOST_SHOWN)
    talks += [talk for talk in recent if talk.id not in waiting and talk.contact_id not in staff]
    # Somebody was named: them, where there are any of that name.
    talks = [talk for talk in talks if order.argument and order.argument in (talk.name or "")] or talks
    if not talks:
        return _said(order, "none_recent")
    return Reply(messages=(await _cards(session, order, talks[:MOST_SHOWN]),), bot_id=order.bot.id)


async def _in_the_way(session: AsyncSession, order: Order, talk: Talk, *, anyway: bool) -> Response | None:
    """What to say instead of taking a conversation over; None where nothing speaks against it."""
    me, now, name = order.turn.contact.id, order.incoming.now, _name(talk, order)
    taken = talk.speaker_at(now) is Speaker.PERSON and talk.staff_contact_id is not None
    if taken and talk.staff_contact_id == me:
        return _said(order, "already_yours", buttons=[_give_back(order, talk)], name=name)
    if taken and (order.role is not Role.OWNER or not anyway):
        staff = await _staff_name(session, order, talk.staff_contact_id)
        if order.role is not Role.OWNER:
            return _said(order, "has_other", buttons=[_see_waiting(order)], staff=staff, name=name)
        take = button(order.bot, say("handover.take_anyway", order.language), TAKE, f"{talk.id}{ANYWAY}")
        return _said(order, "has_other_take", buttons=[take], staff=staff, name=name)
    held = await repository.held_conversation(session, me, order.bot.id)
    mine = await repository.find_talk(session, order.bot.id, held) if held is not None and held != talk.id else None
    if mine is not None and mine.speaker_at(now) is Speaker.PERSON and not anyway:
        label = say("handover.take_instead", order.language, name=name)
        take = button(order.bot, label, TAKE, f"{talk.id}{ANYWAY}")
        buttons = [take, _give_back(order, mine)]
        return _said(order, "holding_other", buttons=buttons, held=_name(mine, order), name=name)
    return None


async def _take(session: AsyncSession, order: Order, talk: Talk) -> Response:
    me, now, language = order.turn.contact.id, order.incoming.now, order.language
    lanes: list[str] = []
    held = await repository.held_conversation(session, me, order.bot.id)
    if held is not None and held != talk.id:
        mine = await repository.find_talk(session, order.bot.id, held, held=True)
        lanes += await _return(session, order, mine) if mine is not None else ()
    if talk.speaker_at(now) is Speaker.PERSON:
        lanes += await _tell_other(session, order, talk)
    await repository.end_dialog(session, me, order.bot.id)
    await repository.change_conversation(
        session,
        talk.id,
        state=Speaker.PERSON.value,
        state_since=now,
        state_until=now + PERSON_STAYS,
        staff_contact_id=me,
    )
    said = await repository.last_said(session, talk.id, limit=LAST_WORDS)
    await repository.note_relay(session, [one.id for one in await repository.unrelayed(session, talk.id)], SHOWN)
    name = _name(talk, order)
    room = await room_for(session, order.bot, now=now)
    parts = [say("handover.taken", language, name=name)]
    parts.append(say("handover.costs" if room is None else "handover.only_free", language))
    if said:
        parts.append(say("handover.taken_before", language, said=transcript(said, name, language)))
    buttons = [_give_back(order, talk)]
    return Reply(messages=messages_for("\n\n".join(parts), buttons), bot_id=order.bot.id, wake=tuple(lanes))


async def _return(session: AsyncSession, order: Order, talk: Talk) -> tuple[str, ...]:
    """Let the bot answer again, and tell the customer: now where that is free, else before its next answer."""
    now = order.incoming.now
    if talk.speaker_at(now) is not Speaker.PERSON:
        await _let_go(session, talk)
        return ()
    language = Language(talk.language) if talk.language else Language.ZH_TW
    words = messages_for(back_text(order.bot, language))
    told = await send_to(session, order.bot, talk.user_id, words, purpose=Purpose.RELAY, now=now, may_push=False)
    state = Speaker.BOT if isinstance(told, Delivery) else Speaker.PERSON
    until = None if isinstance(told, Delivery) else now
    await repository.change_conversation(
        session, talk.id, state=state.value, state_since=now, state_until=until, staff_contact_id=None
    )
    return (told.lane,) if isinstance(told, Delivery) else ()


async def _let_go(session: AsyncSession, talk: Talk) -> None:
    """Nobody has the conversation any more. That the bot is back is told to the customer with its next answer."""
    await repository.change_conversation(session, talk.id, staff_contact_id=None)


async def _tell_other(session: AsyncSession, order: Order, talk: Talk) -> tuple[str, ...]:
    """Tell whoever had the conversation that they don't any more."""
    if talk.staff_contact_id is None:
        return ()
    other = await repository.contact(session, talk.staff_contact_id)
    language = Language(other.language) if other.language else Language.ZH_TW
    by = say(f"handover.{order.role}", language)
    words = messages_for(say("handover.taken_from_you", language, name=_name(talk, order), staff=by))
    now = order.incoming.now
    told = await send_to(session, order.bot, other.source_id, words, purpose=Purpose.RELAY, now=now)
    return (told.lane,) if isinstance(told, Delivery) else ()


async def _missed(session: AsyncSession, order: Order, talk: Talk) -> tuple[Message, ...]:
    """The customer's words that couldn't be relayed before, now that they can be shown for free."""
    missed = await repository.unrelayed(session, talk.id)
    if not missed:
        return ()
    await repository.note_relay(session, [one.id for one in missed], SHOWN)
    text = transcript(missed, _name(talk, order), order.language)
    return messages_for("\n".join([say("handover.missed", order.language), text]), [_give_back(order, talk)])[:2]


async def _not_delivered(session: AsyncSession, order: Order, talk: Talk, refused: NoRoom | None) -> str:
    """Say plainly that a text didn't arrive, why, and how else the customer can be reached."""
    key = "why_unknown_quota" if refused is NoRoom.QUOTA_UNKNOWN else "why_quota"
    why = say(f"handover.{key}", order.language)
    text = say("handover.not_delivered", order.language, name=_name(talk, order), why=why)
    said = await repository.last_said(session, talk.id, limit=PHONE_WITHIN)
    phone = phone_in([one.text for one in said if one.direction == "in"])
    return text if phone is None else "\n".join([text, say("handover.customer_phone", order.language, phone=phone)])


async def _cards(session: AsyncSession, order: Order, talks: Sequence[Talk]) -> FlexMessage:
    """A card a conversation: who, their last words, how long they have waited, and what can be done."""
    cards = []
    for talk in talks:
        said = await repository.last_said(session, talk.id, limit=3)
        text = transcript(said, _name(talk, order), order.language)
        cards.append(
            bubble(
                _name(talk, order),
                body=text or say("handover.nothing_said", order.language),
                buttons=[
                    button(order.bot, say("handover.take", order.language), TAKE, str(talk.id)),
                    button(order.bot, say("handover.look", order.language), LOOK, str(talk.id)),
                ],
                note=await _note(session, order, talk),
            )
        )
    return FlexMessage("", cards[0] if len(cards) == 1 else carousel(cards))


async def _note(session: AsyncSession, order: Order, talk: Talk) -> str:
    now, language = order.incoming.now, order.language
    speaker = talk.speaker_at(now)
    if speaker is Speaker.WAITING and talk.since is not None:
        return say("handover.waits_since", language, minutes=int((now - talk.since).total_seconds() // 60))
    if speaker is Speaker.PERSON:
        return say("handover.person_has", language, staff=await _staff_name(session, order, talk.staff_contact_id))
    local = talk.last_message_at.astimezone(SHOP_TIME)
    return say("handover.wrote_at", language, time=f"{local.month}/{local.day} {local:%H:%M}")


async def _staff_name(session: AsyncSession, order: Order, contact_id: int | None) -> str:
    """What somebody of the shop is called."""
    for role, _, known in await repository.staff_of(session, order.bot.id):
        if known is not None and known == contact_id:
            name = (await repository.contact(session, known)).display_name
            return name or say(f"handover.{role}", order.language)
    return say("handover.helper", order.language)


def _name(talk: Talk, order: Order) -> str:
    return talk.name or say("handover.somebody", order.language)


def _said(order: Order, key: str, *, buttons: Sequence[Action] = (), **values: object) -> Reply:
    text = say(f"handover.{key}", order.language, **values)
    return Reply(messages=messages_for(text, buttons), bot_id=order.bot.id)


def _give_back(order: Order, talk: Talk) -> Action:
    return button(order.bot, say("handover.give_back", order.language), GIVE_BACK, str(talk.id))


def _see_waiting(order: Order) -> Action:
    return button(order.bot, say("handover.see_waiting", order.language), WAITING)


def _see_recent(order: Order) -> Action:
    return button(order.bot, say("handover.see_recent", order.language), LOOK)
