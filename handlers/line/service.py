"""What the runtime does with an event: one behaviour a kind, each in a file of its own, asked in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.line.client import LineClient
from bot.line.events import (
    AccountLinkEvent,
    BeaconEvent,
    Event,
    FollowEvent,
    JoinEvent,
    LeaveEvent,
    MemberJoinedEvent,
    MembershipEvent,
    MessageEditedEvent,
    MessageEvent,
    PostbackEvent,
    UnfollowEvent,
    UnsendEvent,
)
from handlers.line import groups as in_groups
from handlers.line import lifecycle, postbacks, repository, shops, unsending
from handlers.line.binding import OwnerBinding
from handlers.line.chat import Chat
from handlers.line.commands import CommandName
from handlers.line.filters import (
    event_is,
    from_staff,
    in_group,
    in_private,
    is_called,
    is_message,
    is_muted,
    is_taken_back,
    is_text,
    person_has_it,
    says,
    sends,
    taps,
)
from handlers.line.groups import Groups
from handlers.line.handover import Handover, ask, relay, wants_person
from handlers.line.late_answers import FETCH, LateAnswers
from handlers.line.lifecycle import Friends
from handlers.line.media import Media
from handlers.line.notices import with_untold
from handlers.line.owner import follow_ups
from handlers.line.owner.desk import Desk
from handlers.line.owner.handover import refuse_media, speaks_otherwise
from handlers.line.owner.menu import find_desk
from handlers.line.postbacks import STALE, excuse
from handlers.line.releasing import KEEP, RELEASE, RELEASE_NOW
from handlers.line.responses import Incoming, Later, Reply, Response, Silent
from handlers.line.resting import rest, rests
from handlers.line.router import Behaviour, Respond, Router, Turn
from handlers.line.situation import Situation, read_situation

# What is kept without a word, and why.
_MODULES = ("module", "activated", "deactivated", "botSuspended", "botResumed")
_NOTED = {
    "memberLeft": "member_left",
    "videoPlayComplete": "video_watched",
    "delivery": "delivery_report",
    **dict.fromkeys(_MODULES, "module_event"),
}


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
        prepared = Prepared(incoming=incoming, situation=situation, behaviour=behaviour)
        if behaviour is None or behaviour.prepare is None:
            return prepared
        found = await behaviour.prepare(incoming, situation)
        if isinstance(found, Response) and not _is_stale(found):
            return replace(prepared, response=found)
        return replace(prepared, found=found)

    async def respond(self, session: AsyncSession, prepared: Prepared) -> Response:
        """Have the event's effects in `session` and say what to answer."""
        incoming, bot = prepared.incoming, prepared.situation.bot
        if bot is not None and not await repository.still_speaks(session, bot):
            # Its provider has given it up or let it rest while this was being answered: look again.
            return Later()
        contact = await repository.upsert_contact(
            session,
            incoming.channel.id,
            incoming.source_id,
            source_type=incoming.event.source.type,
            now=incoming.now,
        )
        turn = Turn(incoming=incoming, situation=prepared.situation, contact=contact, prepared=prepared.found)
        if prepared.behaviour is None:
            return Silent("not_called" if isinstance(incoming.event, MessageEvent) else _unheard(incoming.event))
        ended = isinstance(prepared.found, Silent)
        response = prepared.found if ended else await prepared.behaviour.respond(session, turn)
        if prepared.situation.route.is_closed and isinstance(response, Reply):
            return Silent("no_bot")
        if _is_stale(response) and incoming.in_private:
            response = await excuse(session, turn)
        response = await with_untold(session, turn, response)
        return await follow_ups.put_before(session, turn, response)


def line_router(
    chat: Chat,
    binding: OwnerBinding,
    late_answers: LateAnswers,
    *,
    desk: Desk,
    handover: Handover,
    media: Media,
    line: LineClient,
) -> Router:
    """The behaviours of the runtime. The first that takes an event deals with it."""
    router = Router()
    router.include(_around_the_conversation(Friends(line), Groups(line)))
    router.on("muted", _say_nothing("muted"), in_group, is_muted)
    router.on("ask_release_again", binding.ask_again, taps(RELEASE))
    router.on("release", binding.release, taps(RELEASE_NOW))
    router.on("keep", binding.keep, taps(KEEP))
    router.on("fetch_late_answer", late_answers.fetch, taps(FETCH))
    router.on("claim", binding.claim, says(CommandName.CLAIM))
    router.on("join_staff", binding.join, says(CommandName.JOIN_STAFF), prepare=binding.find_name)
    router.on("ask_release", binding.ask_release, says(CommandName.RELEASE))
    router.on("enter_shop", shops.enter_shop, says(CommandName.ENTER_SHOP))
    router.on("change_shop", shops.offer_known_shops, says(CommandName.CHANGE_SHOP))
    router.on("find_desk", find_desk(desk), says(CommandName.DESK), in_private)
    router.on("relay_media", refuse_media, from_staff, is_message, speaks_otherwise)
    router.include(desk.router())
    router.on("relay", relay, is_message, in_private, person_has_it, prepare=handover.introduce)
    router.on("ask_person", ask, is_text, is_called, wants_person, prepare=handover.introduce)
    router.on("rest", rest, is_message, rests)
    router.on("chat", chat.record, is_text, is_called, prepare=chat.prepare)
    router.on("media", media.respond, sends(), in_private, prepare=media.prepare)
    router.on("unknown_postback", postbacks.note_unknown, event_is(PostbackEvent))
    router.on("unknown_message", media.respond, is_message, in_private, prepare=media.prepare)
    return router


def _around_the_conversation(friends: Friends, groups: Groups) -> Router:
    """Something around a conversation happened; nobody said anything."""
    router = Router()
    router.on("taken_back", unsending.drop, is_taken_back)
    router.on("unsend", unsending.blank_unsent, event_is(UnsendEvent))
    router.on("edited", unsending.follow_edit, event_is(MessageEditedEvent))
    router.on("follow", friends.greet, event_is(FollowEvent), prepare=friends.look_up)
    router.on("unfollow", lifecycle.mark_unfollowed, event_is(UnfollowEvent))
    router.on("join", groups.greet, event_is(JoinEvent), prepare=groups.find_name)
    router.on("leave", in_groups.note_left, event_is(LeaveEvent))
    router.on("member_joined", in_groups.welcome, event_is(MemberJoinedEvent))
    router.on("account_link", lifecycle.note_link, event_is(AccountLinkEvent))
    router.on("beacon", lifecycle.note_beacon, event_is(BeaconEvent))
    router.on("membership", lifecycle.note_membership, event_is(MembershipEvent))
    router.on("menu_switch", postbacks.note_switch, postbacks.switches_menu)
    return router


def _unheard(event: Event) -> str:
    """Why nothing is said about an event that no behaviour takes."""
    return _NOTED.get(event.type, "unknown_type")


def _is_stale(response: Response) -> bool:
    """Whether a button was tapped that has nothing behind it any more."""
    return isinstance(response, Silent) and response.reason in STALE


def _say_nothing(reason: str) -> Respond:
    async def respond(_session: AsyncSession, _turn: Turn) -> Response:
        return Silent(reason)

    return respond
