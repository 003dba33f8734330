"""A customer's question, answered by the engine for the bot's vendor."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.line.client import LineClient, LineError
from bot.line.events import MediaContent, MediaKind, MessageEvent, SourceType, TextContent, UnsendEvent, parse_event
from bot.line.messages import MessageAction, text_messages
from bot.logging import log_context
from bot.models import Bot
from bot.tenancy.principal import Principal, PrincipalKind
from bot.texts import say
from handlers.line import repository
from handlers.line.addressing import addressed_text
from handlers.line.repository import ContactRow, Exchange
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.routing import Route, find_route
from handlers.line.shops import offer_shops
from knowledge.engine import Answer, Engine, Question, Turn
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.unanswered import service as unanswered
from knowledge.unanswered.clustering import Asked

# Messages, not exchanges: enough for a vendor's system that wants a handful of values, one by one.
HISTORY = 12
MOST_SUGGESTIONS = 4
LOADING_SECONDS = 20
# The engine keeps its own deadlines; this only stops what hangs in spite of them, while the reply
# token still lives.
ENGINE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What the engine said, still to be recorded; `answer` is None where the vendor is paused.

    `unanswered` is the question as it is gathered where the engine had no answer.
    """

    route: Route
    text: str
    answer: Answer | None = None
    unanswered: Asked | None = None


class Chat:
    """Prepares an answer outside of any transaction, then records it together with its delivery.

    `daily_tokens` is what a bot may spend on the language model a day, unless it has a budget of its own.
    """

    def __init__(
        self, database: Database, engine: Engine, line: LineClient, *, daily_tokens: int | None = None
    ) -> None:
        self._database = database
        self._engine = engine
        self._line = line
        self._daily_tokens = daily_tokens

    async def prepare(self, incoming: Incoming, event: MessageEvent, content: TextContent) -> Answered | Silent:
        """Find the bot and ask the engine. In groups, silent unless the bot was called."""
        async with self._database.reading() as session:
            contact = await repository.find_contact(session, incoming.channel.id, incoming.source_id)
            route = await find_route(session, incoming, contact)
            text: str | None = content.text
            if not incoming.in_private:
                text = addressed_text(content, route.bot.store_name if route.bot else "")
                if text is None:
                    return Silent("not_called")
            history = await self._history(session, contact, route.bot)
        if route.bot is None or not text:
            return Answered(route, text or "")
        log_context(bot_id=route.bot.id, tenant_id=route.bot.tenant_id)
        return await self._ask(incoming, route, route.bot, text=text, history=history)

    async def record(
        self, session: AsyncSession, incoming: Incoming, contact: ContactRow, event: MessageEvent, answered: Answered
    ) -> Response:
        """Keep question and answer, unless the question was taken back meanwhile."""
        if event.message_id and await _was_unsent(session, incoming.lane, event.message_id):
            return Silent("unsent")
        bot = answered.route.bot
        if bot is None:
            return offer_shops(incoming, answered.route.choices)
        if answered.answer is None:
            key = "line.shop_paused" if answered.text else "line.joined_group"
            text = say(key, incoming.language, shop=bot.store_name)
        else:
            text = answered.answer.text
        items = _suggestions(answered.answer) if answered.answer else ()
        await self._keep(session, incoming, contact, bot, answered, said=text)
        return Reply(messages=tuple(text_messages(text, items)), bot_id=bot.id)

    async def _ask(
        self, incoming: Incoming, route: Route, bot: Bot, *, text: str, history: tuple[Turn, ...]
    ) -> Answered:
        question = Question(
            vendor_id=bot.vendor_id,
            text=text,
            language=incoming.language,
            instructions=bot.system_prompt,
            history=history,
            request_id=f"line-{incoming.event_id}",
            caller=str(bot.id),
            daily_tokens=self._daily_tokens if bot.llm_daily_tokens is None else bot.llm_daily_tokens,
        )
        loading = asyncio.create_task(self._show_loading(incoming))
        try:
            async with asyncio.timeout(ENGINE_SECONDS):
                answer = await self._engine.answer(_principal(bot), question)
                return Answered(route, text, answer, await self._engine.unanswered(question, answer))
        except (VendorInactive, VendorNotFound):
            return Answered(route, text)
        finally:
            # A loading animation that starts after the answer would stay on the customer's screen.
            await loading

    async def _show_loading(self, incoming: Incoming) -> None:
        if incoming.event.source.type is not SourceType.USER or incoming.user_id is None:
            return
        with suppress(LineError):
            await self._line.start_loading(incoming.channel.token, user_id=incoming.user_id, seconds=LOADING_SECONDS)

    async def _history(self, session: AsyncSession, contact: ContactRow | None, bot: Bot | None) -> tuple[Turn, ...]:
        if contact is None or bot is None:
            return ()
        messages = await repository.recent_messages(session, contact.id, bot.id, limit=HISTORY)
        return tuple(Turn(text, from_customer=direction == "in") for direction, text in messages)

    async def _keep(
        self, session: AsyncSession, incoming: Incoming, contact: ContactRow, bot: Bot, answered: Answered, *, said: str
    ) -> None:
        conversation_id = await repository.upsert_conversation(session, bot, contact.id, now=incoming.now)
        answer = answered.answer
        sources = (
            None
            if answer is None
            else {
                "entries": [source.id for source in answer.sources],
                "values": dict(answer.values),
                "outcome": answer.outcome,
                "composer": answer.composer,
            }
        )
        exchange = Exchange(event_id=incoming.event_id, asked=answered.text, said=said, sources=sources)
        await repository.keep_exchange(session, bot, conversation_id, exchange, now=incoming.now)
        if answered.unanswered is not None:
            message_id = await repository.asked_message(session, incoming.event_id)
            asked = replace(answered.unanswered, message_id=message_id)
            await unanswered.record(session, _principal(bot), asked, now=incoming.now)


def _principal(bot: Bot) -> Principal:
    """The bot acts for its one vendor, and sees what that one may."""
    return Principal(PrincipalKind.BOT, str(bot.id), bot.tenant_id, bot.vendor_id)


def answer_media(incoming: Incoming, content: MediaContent) -> Reply:
    """A fitting word for what isn't text."""
    key = f"line.got_{content.kind}"
    if content.kind is MediaKind.FILE and not content.file_name:
        key = "line.got_file_unnamed"
    return Reply(messages=tuple(text_messages(say(key, incoming.language, name=content.file_name))))


def answer_unknown(incoming: Incoming) -> Reply:
    """A message type that LINE added after this was written."""
    return Reply(messages=tuple(text_messages(say("line.got_unknown", incoming.language))))


async def _was_unsent(session: AsyncSession, lane: str, message_id: str) -> bool:
    """Whether an unsend of this message already waits behind it in the lane."""
    unsends = [parse_event(payload) for payload in await repository.open_unsends(session, lane)]
    return any(isinstance(unsend, UnsendEvent) and unsend.message_id == message_id for unsend in unsends)


def _suggestions(answer: Answer) -> tuple[MessageAction, ...]:
    return tuple(MessageAction(label=question, text=question) for question in answer.suggestions[:MOST_SUGGESTIONS])
