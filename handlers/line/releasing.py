"""Letting go of a bot: asked twice, before anything changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.line.messages import PostbackAction
from bot.models import Bot
from bot.texts import Language, say
from handlers.line.rendering import messages_for
from handlers.line.responses import Reply

RELEASE = "release"
RELEASE_NOW = "release_now"
KEEP = "keep"
# A confirmation that is tapped later than this is asked for anew: the chat keeps old buttons for ever.
SURE_FOR = timedelta(minutes=10)
_LATEST = 2**40


def release_question(bot: Bot, language: Language) -> Reply:
    """The first question, whether this owner wants to let go of the bot."""
    yes = release_item(bot, say("binding.release_yes", language))
    question = say("binding.release_ask", language, shop=bot.store_name)
    return Reply(messages=messages_for(question, (yes, _keep(language))), bot_id=bot.id)


def release_really(bot: Bot, language: Language, *, now: datetime) -> Reply:
    """The second question; its button counts for `SURE_FOR`."""
    label = say("binding.release_really_yes", language)
    yes = PostbackAction(label=label, data=f"{RELEASE_NOW}:{bot.id}:{int(now.timestamp())}", display_text=label)
    question = say("binding.release_really", language, shop=bot.store_name)
    return Reply(messages=messages_for(question, (yes, _keep(language))), bot_id=bot.id)


def release_choice(bots: list[Bot], language: Language) -> Reply:
    """Which of several bots."""
    items = [release_item(bot, say("binding.release_button", language, shop=bot.store_name)) for bot in bots[:12]]
    return Reply(messages=messages_for(say("binding.release_ask_many", language), (*items, _keep(language))))


def release_item(bot: Bot, label: str) -> PostbackAction:
    return PostbackAction(label=label, data=f"{RELEASE}:{bot.id}", display_text=label)


def is_recent(stamp: str, *, now: datetime) -> bool:
    """Whether a button's stamp (seconds since 1970) is of the last minutes."""
    if not stamp.isascii() or not stamp.isdigit() or int(stamp[:20]) > _LATEST:
        return False
    return timedelta(0) <= now - datetime.fromtimestamp(int(stamp), now.tzinfo) <= SURE_FOR


def _keep(language: Language) -> PostbackAction:
    return PostbackAction(label=say("binding.release_no", language), data=KEEP)
