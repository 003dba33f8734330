"""A customer's question, answered by the engine for the bot's vendor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.line.client import LineClient, LineError
from bot.line.messages import MAX_MESSAGES, Action, MessageAction
from bot.logging import log_context
from bot.models import Bot
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.addressing import calling_word
from handlers.line.asking import Asker, Finding, Inquiry, principal_of, sources_of
from handlers.line.handover import asks_for_person, back_from_person
from handlers.line.late_answers import LateAnswers
from handlers.line.opening import answer as answer_about_hours
from handlers.line.opening import opening_from, reopens
from handlers.line.rendering import answer_messages, knows_nothing, messages_for, suggestions_of
from handlers.line.repository import Line
from handlers.line.responses import Incoming, Later, Reply, Response
from handlers.line.router import Turn
from handlers.line.shops import offer_shops
from handlers.line.situation import Situation
from handlers.line.taken_back import messages_taken_back
from handlers.line.taps import button
from handlers.line.timing import Timing
from knowledge.composing import smalltalk
from knowledge.engine import Answer, Outcome
from knowledge.unanswered import service as unanswered

# Messages, not exchanges: enough for a vendor's system that wants a handful of values, one by one.
HISTORY = 12
LOADING_SECONDS = 20
# A button's data has room for 300 characters in all.
MOST_TAUGHT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said otherwise than in text: `words` by event, and the `question` that is made of them.

    `shown` tells before the answer what was understood. `unclear` is said instead of an "I don't know".
    """

    kind: str
    words: Mapping[int, str]
    question: str
    shown: str
    unclear: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the engine said to `text`, still to be recorded; `finding` is None where it wasn't asked.

    `covers` are the further messages that were part of the question. Where the answer isn't ready in
    time, `late` goes on making it.
    """

    inquiry: Inquiry | None = None
    finding: Finding | None = None
    late: asyncio.Task[Finding] | None = None
    covers: tuple[Incoming, ...] = ()
    heard: Heard | None = None


class Chat:
    """Prepares an answer outside of any transaction, then records it together with its delivery."""

    def __init__(
        self,
        database: Database,
        asker: Asker,
        line: LineClient,
        *,
        late_answers: LateAnswers,
        clock: Clock,
        timing: Timing,
    ) -> None:
        self._database = database
        self._asker = asker
        self._line = line
        self._late_answers = late_answers
        self._clock = clock
        self._timing = timing

    async def prepare(self, incoming: Incoming, situation: Situation) -> Answered | Response:
        """Ask the engine, about everything that its sender typed in a row."""
        bot, said = situation.bot, situation.said
        if bot is None or not said:
            return Answered()
        covers = _answered_together(incoming, situation)
        if not covers and (wait := self._wait_for_more(incoming, situation)) is not None:
            return Later(wait, or_more=True)
        text = "\n".join([said, *(one.text for one in covers)])
        return await self._answered(incoming, situation, bot, text=text, covers=covers)

    async def ask(
        self, incoming: Incoming, situation: Situation, heard: Heard, *, covers: tuple[Incoming, ...] = ()
    ) -> Answered:
        """Ask the engine about what was read or heard."""
        if situation.bot is None:
            return Answered(heard=heard, covers=covers)
        answered = await self._answered(incoming, situation, situation.bot, text=heard.question, covers=covers)
        return replace(answered, finding=_cleared(answered.finding, heard), heard=heard)

    async def _answered(
        self, incoming: Incoming, situation: Situation, bot: Bot, *, text: str, covers: tuple[Incoming, ...]
    ) -> Answered:
        """What is answered to a text in the light of what was said before."""
        log_context(bot_id=bot.id, tenant_id=bot.tenant_id)
        if only_opens(text):
            invitation = Answer(_go_ahead(incoming, situation, bot), Outcome.ANSWERED)
            return Answered(finding=Finding(invitation), covers=covers)
        history: tuple[tuple[str, str], ...] = ()
        if situation.contact is not None:
            async with self._database.reading() as session:
                history = tuple(await repository.recent_messages(session, situation.contact.id, bot.id, limit=HISTORY))
        language = situation.language
        since = incoming.received_at
        inquiry = Inquiry(
            bot=bot, event_id=incoming.event_id, text=text, language=language, history=history, asked_at=since
        )
        told = answer_about_hours(opening_from(bot.opening), text, language, now=self._clock.now())
        if told is not None:
            return Answered(inquiry=inquiry, finding=Finding(Answer(told, Outcome.ANSWERED)), covers=covers)
        return await self._ask(incoming, inquiry, covers)

    async def record(self, session: AsyncSession, turn: Turn) -> Response:
        """Keep question and answer, unless something happened meanwhile that changes the matter."""
        incoming, situation, answered = turn.incoming, turn.situation, turn.prepared
        bot = situation.bot
        if bot is None:
            return offer_shops(incoming, situation.route.choices)
        covered = (incoming, *answered.covers)
        taken_back = await messages_taken_back(session, *covered)
        if any(one.message_id in taken_back for one in covered):
            return Later()
        standing = await repository.upsert_conversation(session, bot, turn.contact.id, now=incoming.now)
        if standing.person_has_it(self._clock.now()):
            return Later()
        await self._keep_questions(session, bot, covered, conversation_id=standing.conversation_id, turn=turn)
        if answered.late is not None and answered.inquiry is not None:
            reply = await self._late_answers.begin(
                session, answered.inquiry, answered.late, conversation_id=standing.conversation_id, turn=turn
            )
            reply = replace(reply, covers=answered.covers)
        else:
            reply = await self._answer(session, turn, bot, conversation_id=standing.conversation_id)
        if answered.heard is not None:
            reply = replace(reply, messages=(*messages_for(answered.heard.shown), *reply.messages)[:MAX_MESSAGES])
        back = await back_from_person(session, standing, situation.language, now=self._clock.now())
        if back is not None:
            reply = replace(reply, messages=(*messages_for(back), *reply.messages)[:MAX_MESSAGES])
        return reply

    async def _answer(self, session: AsyncSession, turn: Turn, bot: Bot, *, conversation_id: int) -> Reply:
        incoming, answered = turn.incoming, turn.prepared
        finding: Finding | None = answered.finding
        answer = finding.answer if finding is not None else None
        text = answer.text if answer is not None else _without_answer(turn, bot)
        text = _with_hours(text, answer, turn, bot)
        for_staff = _is_unknown_to_staff(answer, turn)
        if for_staff:
            text = say("owner.not_known", turn.situation.language)
        sources = sources_of(answer) if answer is not None else None
        line = Line(text=text, event_id=incoming.event_id, is_answer=True, sources=sources)
        await repository.keep_lines(session, bot, conversation_id, [line], now=incoming.now)
        # Nobody waits for an answer that somebody of the shop asked for, and they can give it.
        if finding is not None and finding.unanswered is not None and not for_staff:
            message_id = await repository.asked_message(session, incoming.event_id)
            asked = replace(finding.unanswered, message_id=message_id)
            await unanswered.record(session, principal_of(bot), asked, now=incoming.now)
        buttons = _lesson(turn, bot) if for_staff else _suggestions(answer, turn, bot)
        messages = answer_messages(text, turn.situation.language, buttons)
        return Reply(messages=messages, bot_id=bot.id, covers=answered.covers)

    async def _keep_questions(
        self, session: AsyncSession, bot: Bot, covered: tuple[Incoming, ...], *, conversation_id: int, turn: Turn
    ) -> None:
        heard: Heard | None = turn.prepared.heard
        if heard is not None:
            lines = [
                Line(text=heard.words.get(one.event_id, ""), event_id=one.event_id, kind=heard.kind) for one in covered
            ]
        else:
            lines = [Line(text=one.text, event_id=one.event_id) for one in covered]
            lines[0] = replace(lines[0], text=turn.situation.said or "")
        await repository.keep_lines(session, bot, conversation_id, lines, now=turn.incoming.now)

    async def _ask(self, incoming: Incoming, inquiry: Inquiry, covers: tuple[Incoming, ...]) -> Answered:
        """Wait for the engine as long as the reply token lives; what takes longer goes on beside it."""
        newest = covers[-1] if covers else incoming
        limit = self._timing.time_for_answer(self._clock.now() - newest.received_at)
        if newest.event.reply_token is None or inquiry.bot.late_reply != "postback" or not incoming.in_private:
            limit = None
        asking = asyncio.create_task(self._asker.ask(inquiry))
        loading = asyncio.create_task(self.show_loading(incoming))
        try:
            await asyncio.wait({asking}, timeout=limit.total_seconds() if limit is not None else None)
        except asyncio.CancelledError:
            asking.cancel()
            raise
        finally:
            # A loading animation that starts after the answer would stay on the customer's screen.
            await loading
        if not asking.done():
            return Answered(inquiry=inquiry, late=asking, covers=covers)
        return Answered(inquiry=inquiry, finding=asking.result(), covers=covers)

    def _wait_for_more(self, incoming: Incoming, situation: Situation) -> timedelta | None:
        """How long to wait for the rest of a question that is only opened so far."""
        age, said = self._clock.now() - incoming.received_at, situation.said or ""
        opens = incoming.in_private and incoming.is_newest and bool(_letters(said)) and only_opens(said)
        if not opens or age >= self._timing.opener:
            return None
        return self._timing.opener - age

    async def show_loading(self, incoming: Incoming) -> None:
        """Show that an answer is on its way, where that can be shown."""
        if not incoming.in_private or incoming.user_id is None:
            return
        with suppress(LineError):
            await self._line.start_loading(incoming.channel.token, user_id=incoming.user_id, seconds=LOADING_SECONDS)


def only_opens(text: str) -> bool:
    """Whether a text says no more than that a question follows, or nothing at all."""
    if smalltalk.kind_of(text) is not None:
        return False
    return _letters(text) in _openers()


@cache
def _openers() -> frozenset[str]:
    """Everything that opens a question, by its letters; nothing at all does too."""
    openers = {opener for language in Language for opener in say("line.heard_opener", language).split("|")}
    return frozenset({"", *map(_letters, openers)})


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _go_ahead(incoming: Incoming, situation: Situation, bot: Bot) -> str:
    """What is said to somebody who opened a question and didn't ask it."""
    if incoming.in_private:
        return say("line.go_ahead", situation.language)
    return say("group.call", situation.language, word=calling_word(bot))


def _cleared(finding: Finding | None, heard: Heard) -> Finding | None:
    """What the engine said; where it knew nothing of what was only looked at, a question back."""
    answer = finding.answer if finding is not None else None
    if answer is None or heard.unclear is None or not knows_nothing(answer):
        return finding
    return Finding(Answer(heard.unclear, Outcome.ANSWERED))


def _answered_together(incoming: Incoming, situation: Situation) -> tuple[Incoming, ...]:
    """The texts behind this one that belong to the same question. Staff give orders one by one."""
    if not incoming.in_private or (situation.role is not None and not situation.in_preview):
        return ()
    question = takewhile(lambda one: not asks_for_person(one.text), incoming.following)
    return tuple(one for one in question if one.message_id not in situation.taken_back and one.text.strip())


def _with_hours(text: str, answer: Answer | None, turn: Turn, bot: Bot) -> str:
    """An "I don't know", and when somebody will be there who may know."""
    if answer is None or answer.outcome is not Outcome.UNKNOWN:
        return text
    when = reopens(opening_from(bot.opening), turn.situation.language, now=turn.incoming.now)
    return text if when is None else "\n".join([text, say("opening.staff_at", turn.situation.language, when=when)])


def _is_unknown_to_staff(answer: Answer | None, turn: Turn) -> bool:
    """Whether somebody of the shop asked what the bot doesn't know."""
    return answer is not None and knows_nothing(answer) and turn.situation.role is not None


def _lesson(turn: Turn, bot: Bot) -> tuple[Action, ...]:
    """Buttons to teach what was asked, or to look what else can be done."""
    language, inquiry = turn.situation.language, turn.prepared.inquiry
    question = " ".join(inquiry.text.split()) if inquiry is not None else ""
    taught = f"{say('teach.heard_teach', language).partition('|')[0]} {question}"
    argument = taught if question and len(taught) <= MOST_TAUGHT else ""
    return (
        button(bot, say("owner.teach_this", language), "teach", argument),
        button(bot, say("owner.to_menu", language), "menu"),
    )


def _suggestions(answer: Answer | None, turn: Turn, bot: Bot) -> tuple[Action, ...]:
    """What to tap next. In a group a tap must call the bot like everything else, and there is no person to ask for."""
    if turn.incoming.in_private:
        return suggestions_of(answer, turn.situation.language)
    found, word = suggestions_of(answer), calling_word(bot)
    return tuple(replace(one, text=f"{word} {one.text}") if isinstance(one, MessageAction) else one for one in found)


def _without_answer(turn: Turn, bot: Bot) -> str:
    """What is said where there was nothing to ask the engine, or it refuses to speak for the vendor."""
    language = turn.situation.language
    if turn.prepared.inquiry is not None:
        return say("line.shop_paused", language, shop=bot.store_name)
    return say("group.call", language, word=calling_word(bot))
