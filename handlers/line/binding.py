"""Binding an owner (店長), and letting go of a bot, from inside LINE."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import PostbackAction, text_messages
from bot.models import Bot
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token, normalise_code
from bot.tenancy.owners import Claim, Claimant, ClaimOutcome, bots_owned_by, claim_bare, claim_by_code, release
from bot.texts import say
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.router import Turn

RELEASE = "release"
KEEP = "keep"


class OwnerBinding:
    """`claim_window` is how long after its provisioning a bot may be bound by the bare command."""

    def __init__(self, secret_key: str, *, claim_window: timedelta) -> None:
        self._code_key = derive_key(secret_key, Purpose.CLAIM_CODE)
        self._claim_window = claim_window

    async def claim(self, session: AsyncSession, turn: Turn) -> Response:
        """`@我是店長`, with or without a code: bind one bot or say why not."""
        incoming = turn.incoming
        code = incoming.command.argument if incoming.command else ""
        if not incoming.in_private:
            return _say(incoming, "only_in_private")
        if incoming.user_id is None:
            return _say(incoming, "no_user_id")
        claimant = Claimant(incoming.channel.id, incoming.user_id)
        if code:
            normal = normalise_code(code)
            code_hash = hash_token(self._code_key, normal) if normal else None
            claim = await claim_by_code(session, claimant, code_hash=code_hash, now=incoming.now)
        else:
            claim = await claim_bare(session, claimant, window=self._claim_window, now=incoming.now)
        return _claim_reply(incoming, claim)

    async def ask_release(self, session: AsyncSession, turn: Turn) -> Response:
        """`@解除店長`: ask which shop and whether really, before anything changes."""
        incoming = turn.incoming
        if not incoming.in_private or incoming.user_id is None:
            return _say(incoming, "only_in_private" if not incoming.in_private else "no_user_id")
        owned = await bots_owned_by(session, incoming.channel.id, incoming.user_id)
        if not owned:
            return _say(incoming, "not_owner")
        language = incoming.language
        no = PostbackAction(label=say("binding.release_no", language), data=KEEP)
        if len(owned) == 1:
            yes = _release_item(owned[0], say("binding.release_yes", language))
            question = say("binding.release_ask", language, shop=owned[0].store_name)
            return Reply(messages=tuple(text_messages(question, (yes, no))), bot_id=owned[0].id)
        items = [_release_item(bot, say("binding.release_button", language, shop=bot.store_name)) for bot in owned[:12]]
        return Reply(messages=tuple(text_messages(say("binding.release_ask_many", language), (*items, no))))

    async def release(self, session: AsyncSession, turn: Turn) -> Response:
        """The confirmation was tapped: end the ownership, if it is this user's."""
        incoming = turn.incoming
        try:
            bot_id = uuid.UUID(incoming.tapped[1])
        except ValueError:
            return Silent("unknown_postback")
        if not incoming.in_private or incoming.user_id is None:
            return _say(incoming, "only_in_private")
        bot = await release(session, Claimant(incoming.channel.id, incoming.user_id), bot_id)
        return _say(incoming, "not_owner") if bot is None else _say(incoming, "released", shop=bot.store_name)

    async def keep(self, _session: AsyncSession, turn: Turn) -> Response:
        """The owner thought better of it."""
        return _say(turn.incoming, "release_kept")


def _claim_reply(incoming: Incoming, claim: Claim) -> Reply:
    if claim.outcome is ClaimOutcome.CODE_WRONG and not claim.tries_left:
        return _say(incoming, "too_many_tries")
    shop = claim.bot.store_name if claim.bot else ""
    code = claim.bot.shop_code if claim.bot else ""
    text = say(f"binding.{claim.outcome}", incoming.language, shop=shop, code=code, left=claim.tries_left)
    bound = claim.bot.id if claim.bot and claim.outcome in (ClaimOutcome.BOUND, ClaimOutcome.ALREADY_YOURS) else None
    return Reply(messages=tuple(text_messages(text)), bot_id=bound)


def _release_item(bot: Bot, label: str) -> PostbackAction:
    return PostbackAction(label=label, data=f"{RELEASE}:{bot.id}", display_text=label)


def _say(incoming: Incoming, key: str, **values: object) -> Reply:
    return Reply(messages=tuple(text_messages(say(f"binding.{key}", incoming.language, **values))))
