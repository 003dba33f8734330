"""What happens around a conversation in which nobody says anything: following, blocking, watching, passing by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.client import LineClient, Profile
from bot.line.events import AccountLinkEvent, BeaconEvent, FollowEvent, MembershipEvent
from bot.line.messages import MessageAction
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.asking import principal_of
from handlers.line.profiles import MOST_NAME, profile_of
from handlers.line.rendering import messages_for
from handlers.line.repository import greetings
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.resting import arrival_text, is_resting
from handlers.line.router import Turn
from handlers.line.shops import offer_shops
from handlers.line.situation import Situation

FIRST_QUESTIONS = 4
_LINKED = "ok"


@dataclass(frozen=True, slots=True)
class Greeted:
    """What LINE tells of a new friend; None where it tells nothing."""

    profile: Profile | None

    @property
    def language(self) -> Language | None:
        tag = self.profile.language if self.profile is not None else None
        return None if not tag else Language.EN if tag.casefold().startswith("en") else Language.ZH_TW


class Friends:
    """New friends. `line` tells who they are."""

    def __init__(self, line: LineClient) -> None:
        self._line = line

    async def look_up(self, incoming: Incoming, _situation: Situation) -> Greeted:
        """Ask LINE for the name and language of a new friend."""
        if incoming.user_id is None:
            return Greeted(None)
        return Greeted(await profile_of(self._line, incoming.channel.token, incoming.user_id))

    async def greet(self, session: AsyncSession, turn: Turn) -> Response:
        """Somebody added the account or unblocked it: say where they are, and what others ask."""
        incoming, route, found = turn.incoming, turn.situation.route, turn.prepared
        greeted = found if isinstance(found, Greeted) else Greeted(None)
        language = greeted.language or turn.situation.language
        await repository.mark_follow(session, turn.contact.id, follows=True, at=incoming.now)
        if greeted.profile is not None:
            name = greeted.profile.display_name[:MOST_NAME]
            await repository.change_contact(session, turn.contact.id, display_name=name)
        bot = route.bot
        if bot is None:
            if route.choices:
                return offer_shops(incoming, route.choices)
            return Reply(messages=messages_for(say("line.greeting_no_shop", language)))
        if is_resting(bot):
            text = arrival_text(bot, language, key="line.greeting_resting")
            return Reply(messages=messages_for(text), bot_id=bot.id)
        again = isinstance(incoming.event, FollowEvent) and incoming.event.is_unblocked
        text = say("line.greeting_again" if again else "line.greeting", language, shop=bot.store_name)
        asked = await greetings.first_questions(session, principal_of(bot), bot, limit=FIRST_QUESTIONS)
        buttons = [MessageAction(label=question, text=question) for question in asked]
        return Reply(messages=messages_for(text, buttons), bot_id=bot.id)


async def mark_unfollowed(session: AsyncSession, turn: Turn) -> Response:
    """The account was blocked: nothing is sent there any more."""
    await repository.mark_follow(session, turn.contact.id, follows=False, at=turn.incoming.now)
    return Silent("unfollowed")


async def note_link(_session: AsyncSession, turn: Turn) -> Response:
    """Somebody linked their LINE account with one elsewhere. The nonce stays with the event."""
    event = turn.incoming.event
    if not isinstance(event, AccountLinkEvent) or event.result != _LINKED:
        return Silent("account_link_failed")
    return Reply(messages=messages_for(say("line.account_linked", turn.situation.language)))


async def note_beacon(_session: AsyncSession, turn: Turn) -> Response:
    """Somebody passes a beacon: kept, and nothing to interrupt them for."""
    event = turn.incoming.event
    return Silent(_named("beacon", event.action if isinstance(event, BeaconEvent) else None))


async def note_membership(_session: AsyncSession, turn: Turn) -> Response:
    """Somebody's paid membership began, ended or goes on, which LINE tells them itself."""
    event = turn.incoming.event
    return Silent(_named("membership", event.action if isinstance(event, MembershipEvent) else None))


def _named(kind: str, action: str | None) -> str:
    known = action if action in {"enter", "banner", "stay", "joined", "left", "renewed"} else "other"
    return f"{kind}_{known}"
