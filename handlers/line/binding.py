"""Binding people to a bot from inside LINE, its owner (店長) and helpers (店員), and letting go of it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.client import LineClient
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token, normalise_code
from bot.tenancy.claims import CodeRole
from bot.tenancy.owners import (
    Claim,
    Claimant,
    ClaimOutcome,
    bots_owned_by,
    claim_bare,
    claim_by_code,
    release,
)
from bot.tenancy.owners.claims import OWNING
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.groups import hint_private
from handlers.line.owner.changes import ChangeKind, OwnerChange, follow_up, tell_owner
from handlers.line.owner.menu import first_steps
from handlers.line.owner.rich_menu import lanes_for
from handlers.line.profiles import name_of_person
from handlers.line.releasing import is_recent, release_choice, release_question, release_really
from handlers.line.rendering import messages_for
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.router import Turn
from handlers.line.situation import Situation

_OF_OWNER = {ClaimOutcome.BOUND: ChangeKind.BOUND, ClaimOutcome.SUCCEEDED: ChangeKind.TRANSFERRED}
_OWN = frozenset({ClaimOutcome.BOUND, ClaimOutcome.SUCCEEDED, ClaimOutcome.ALREADY_YOURS})
_HELP = frozenset({ClaimOutcome.JOINED, ClaimOutcome.ALREADY_HELPER})


class OwnerBinding:
    """`claim_window` is how long after its provisioning a bot may be bound by the bare command.

    `code_key` is the key that codes are hashed with.
    """

    def __init__(self, secret_key: str, line: LineClient, *, claim_window: timedelta) -> None:
        self.code_key = derive_key(secret_key, Purpose.CLAIM_CODE)
        self._line = line
        self._claim_window = claim_window

    async def claim(self, session: AsyncSession, turn: Turn) -> Response:
        """`@我是店長`, with or without a code: bind one bot or say why not."""
        incoming, code = turn.incoming, _code_in(turn.incoming)
        claimant = await _claimant(session, turn)
        if not isinstance(claimant, Claimant):
            return claimant
        if code:
            claim = await claim_by_code(session, claimant, code_hash=self._hash(code), now=incoming.now, roles=OWNING)
        else:
            claim = await claim_bare(session, claimant, window=self._claim_window, now=incoming.now)
        wake: tuple[str, ...] = ()
        if claim.bot is not None and claim.outcome in _OF_OWNER:
            kind = _OF_OWNER[claim.outcome]
            change = OwnerChange(kind=kind, bot=claim.bot, owner=claimant.user_id, former=claim.former)
            wake = await follow_up(session, change, now=incoming.now)
        return await _claimed(session, turn, claim, wake=wake)

    async def find_name(self, incoming: Incoming, _situation: Situation) -> str:
        """What LINE calls somebody who would help, so that the owner knows their helpers apart."""
        if not incoming.in_private or incoming.user_id is None:
            return ""
        return await name_of_person(self._line, incoming.channel.token, incoming.user_id) or ""

    async def join(self, session: AsyncSession, turn: Turn) -> Response:
        """`@我是店員` with the code that an owner gave out."""
        incoming, code = turn.incoming, _code_in(turn.incoming)
        claimant = await _claimant(session, turn)
        if not isinstance(claimant, Claimant):
            return claimant
        if not code:
            return _say(incoming, "need_helper_code")
        roles = frozenset({CodeRole.HELPER})
        claim = await claim_by_code(session, claimant, code_hash=self._hash(code), now=incoming.now, roles=roles)
        wake: tuple[str, ...] = ()
        if claim.bot is not None and claim.outcome is ClaimOutcome.JOINED:
            name = claimant.name or say("staff.nameless")
            word = say("staff.helper_joined", Language.ZH_TW, shop=claim.bot.store_name, name=name)
            wake = await tell_owner(session, claim.bot, claimant.user_id, word, now=incoming.now)
        return await _claimed(session, turn, claim, wake=wake)

    async def ask_release(self, session: AsyncSession, turn: Turn) -> Response:
        """`@解除店長`: ask which shop and whether really, before anything changes."""
        incoming, claimant = turn.incoming, await _claimant(session, turn)
        if not isinstance(claimant, Claimant):
            return claimant
        owned = await bots_owned_by(session, claimant.channel_id, claimant.user_id)
        if not owned:
            return _say(incoming, "not_owner")
        if len(owned) == 1:
            return release_question(owned[0], incoming.language)
        return release_choice(list(owned), incoming.language)

    async def ask_again(self, session: AsyncSession, turn: Turn) -> Response:
        """The first question was answered with yes: ask the second."""
        incoming = turn.incoming
        bot_id = _bot_in(incoming.tapped[1])
        if bot_id is None:
            return Silent("unknown_postback")
        if not incoming.in_private or incoming.user_id is None:
            return Silent("tapped_in_group")
        owned = {bot.id: bot for bot in await bots_owned_by(session, incoming.channel.id, incoming.user_id)}
        if bot_id not in owned:
            return _say(incoming, "not_owner")
        return release_really(owned[bot_id], incoming.language, now=incoming.now)

    async def release(self, session: AsyncSession, turn: Turn) -> Response:
        """The second question was answered with yes: end the ownership, if it is this user's."""
        incoming = turn.incoming
        given, _, stamp = incoming.tapped[1].partition(":")
        bot_id = _bot_in(given)
        if bot_id is None:
            return Silent("unknown_postback")
        if not incoming.in_private or incoming.user_id is None:
            return Silent("tapped_in_group")
        if not is_recent(stamp, now=incoming.now):
            return await self.ask_release(session, turn)
        released = await release(session, Claimant(incoming.channel.id, incoming.user_id), bot_id, now=incoming.now)
        if released is None:
            return _say(incoming, "not_owner")
        change = OwnerChange(kind=ChangeKind.RELEASED, bot=released.bot, former=released.former)
        wake = await follow_up(session, change, now=incoming.now)
        return _say(incoming, "released", wake=wake, shop=released.bot.store_name)

    async def keep(self, _session: AsyncSession, turn: Turn) -> Response:
        """The owner thought better of it."""
        return _say(turn.incoming, "release_kept")

    def _hash(self, code: str) -> str | None:
        normal = normalise_code(code)
        return hash_token(self.code_key, normal) if normal else None


async def _claimant(session: AsyncSession, turn: Turn) -> Claimant | Response:
    """Who would change their part in a bot, or what to say to whom that can't be done for, here or at all."""
    incoming = turn.incoming
    if not incoming.in_private:
        return await hint_private(session, turn)
    if incoming.user_id is None:
        return _say(incoming, "no_user_id")
    return Claimant(incoming.channel.id, incoming.user_id, turn.prepared or "")


async def _claimed(session: AsyncSession, turn: Turn, claim: Claim, *, wake: tuple[str, ...]) -> Reply:
    """What a claim came to. Whoever has a part in a bot now is in its shop from now on."""
    incoming, bot = turn.incoming, claim.bot
    if claim.outcome is ClaimOutcome.CODE_WRONG and not claim.tries_left:
        return _say(incoming, "too_many_tries")
    values = {"shop": bot.store_name if bot else "", "code": bot.shop_code if bot else "", "left": claim.tries_left}
    # On an account of its own, a shop has no use for its code.
    alone = "_alone" if claim.outcome in _OF_OWNER and not incoming.channel.is_central else ""
    text = say(f"binding.{claim.outcome}{alone}", incoming.language, **values)
    if bot is None or claim.outcome not in _OWN | _HELP:
        return Reply(messages=messages_for(text), wake=wake)
    await repository.enter_bot(session, turn.contact.id, bot.id)
    lanes = (*wake, *lanes_for(incoming.channel, incoming.user_id))
    return Reply(messages=messages_for(text, first_steps(bot, incoming.language)), bot_id=bot.id, wake=lanes)


def _code_in(incoming: Incoming) -> str:
    return incoming.command.argument if incoming.command else ""


def _bot_in(argument: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(argument)
    except ValueError:
        return None


def _say(incoming: Incoming, key: str, *, wake: tuple[str, ...] = (), **values: object) -> Reply:
    return Reply(messages=messages_for(say(f"binding.{key}", incoming.language, **values)), wake=wake)
