"""What the runtime does with an event: one behaviour a kind, each in a file of its own, asked in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.line.events import (
    FollowEvent,
    JoinEvent,
    LeaveEvent,
    MemberJoinedEvent,
    MessageEditedEvent,
    MessageEvent,
    UnfollowEvent,
    UnsendEvent,
)
from handlers.line import chat as chats
from handlers.line import lifecycle, repository, shops
from handlers.line.binding import KEEP, RELEASE, OwnerBinding
from handlers.line.chat import Chat
from handlers.line.commands import CommandName
from handlers.line.filters import (
    event_is,
    in_private,
    is_called,
    is_message,
    is_muted,
    is_text,
    says,
    sends,
    taps,
)
from handlers.line.late_answers import FETCH, LateAnswers
from handlers.line.owner.desk import Desk
from handlers.line.responses import HandedOver, Incoming, Later, Reply, Response, Silent
from handlers.line.router import Behaviour, Router, Turn
from handlers.line.situation import Situation, read_situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was found out before the transaction. A `response` ends the matter without one."""

    incoming: Incoming
    situation: Situation
    behaviour: Behaviour | None
    found: Any = None
    response: Response | None = None


class LineService:
    """`prepare` does what is slow, with no transaction open; `respond` does the rest in one."""

    def __init__(self, database: Database, router: Router) -> None:
        self._database = database
        self._router = router

    async def prepare(self, incoming: Incoming) -> Prepared:
        async with self._database.reading() as session:
            situation = await read_situation(session, incoming)
        incoming = replace(incoming, language=situation.language)
        behaviour = self._router.match(incoming, situation)
        if behaviour is None or behaviour.prepare is None:
            return Prepared(incoming=incoming, situation=situation, behaviour=behaviour)
        found = await behaviour.prepare(incoming, situation)
        if isinstance(found, Reply | Silent | HandedOver | Later):
            return Prepared(incoming=incoming, situation=situation, behaviour=behaviour, response=found)
        return Prepared(incoming=incoming, situation=situation, behaviour=behaviour, found=found)

    async def respond(self, session: AsyncSession, prepared: Prepared) -> Response:
        """Have the event's effects in `session` and say what to answer."""
        incoming = prepared.incoming
        contact = await repository.upsert_contact(
            session,
            incoming.channel.id,
            incoming.source_id,
            source_type=incoming.event.source.type,
            now=incoming.now,
        )
        if prepared.behaviour is None:
            return Silent("not_called" if isinstance(incoming.event, MessageEvent) else "nothing_to_say")
        turn = Turn(incoming=incoming, situation=prepared.situation, contact=contact, prepared=prepared.found)
        return await prepared.behaviour.respond(session, turn)


def line_router(chat: Chat, binding: OwnerBinding, late_answers: LateAnswers, *, desk: Desk) -> Router:
    """The behaviours of the runtime. The first that takes an event deals with it."""
    router = Router()
    router.include(_around_the_conversation())
    router.on("release", binding.release, taps(RELEASE))
    router.on("keep", binding.keep, taps(KEEP))
    router.on("fetch_late_answer", late_answers.fetch, taps(FETCH))
    router.on("claim", binding.claim, says(CommandName.CLAIM))
    router.on("ask_release", binding.ask_release, says(CommandName.RELEASE))
    router.on("enter_shop", shops.enter_shop, says(CommandName.ENTER_SHOP))
    router.on("change_shop", shops.offer_known_shops, says(CommandName.CHANGE_SHOP))
    router.include(desk.router())
    router.on("muted", _say_nothing("muted"), is_muted)
    router.on("chat", chat.record, is_text, is_called, prepare=chat.prepare)
    router.on("media", chats.respond_to_media, sends(), in_private)
    router.on("unknown_message", chats.answer_unknown, is_message, in_private)
    return router


def _around_the_conversation() -> Router:
    """Something around a conversation happened; nobody said anything."""
    router = Router()
    router.on("unsend", lifecycle.blank_unsent, event_is(UnsendEvent))
    router.on("follow", lifecycle.greet, event_is(FollowEvent))
    router.on("unfollow", lifecycle.mark_unfollowed, event_is(UnfollowEvent))
    router.on("join", lifecycle.greet_group, event_is(JoinEvent))
    router.on("leave", _say_nothing("left"), event_is(LeaveEvent))
    router.on("member_joined", _say_nothing("nothing_to_say"), event_is(MemberJoinedEvent))
    router.on("edited", _say_nothing("nothing_to_say"), event_is(MessageEditedEvent))
    return router


def _say_nothing(reason: str) -> Any:
    async def respond(_session: AsyncSession, _turn: Turn) -> Response:
        return Silent(reason)

    return respond
