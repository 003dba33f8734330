"""What bot management can be refused with."""

from __future__ import annotations

from bot.errors import Conflict, Forbidden, NotFound, Unauthenticated


class BotNotFound(NotFound):
    """There is none, it is somebody else's, or it was deleted: which of these is nobody's to learn."""

    code = "bot_not_found"
    message = "There is no bot with this id."


class InvalidToken(Unauthenticated):
    code = "invalid_token"
    message = "This management token opens no bot: it was replaced, its bot was deleted, or it never was one."


class PartnerKeyNeeded(Forbidden):
    code = "partner_key_needed"
    message = "A management token opens its one bot: this needs a partner's API key and secret."


class NoSandboxBots(Forbidden):
    code = "no_sandbox_bots"
    message = "Bots are made and managed in production only: use a pk_production_ key."


class AlreadyBound(Conflict):
    code = "already_bound"
    message = "This bot has an owner: release the owner before another can bind it."


class NoOwner(Conflict):
    code = "no_owner"
    message = "Nobody owns this bot."
