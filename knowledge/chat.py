"""A question over the chat API: the engine's answer, with the session's memory, in the documented shape."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import Forbidden
from bot.tenancy.api_keys import Rights
from bot.tenancy.principal import Principal, PrincipalKind
from bot.texts import language_of, say
from knowledge.answers import Answer, Composer, Outcome, Question, Turn
from knowledge.engine import Engine
from knowledge.entries import IntentType
from knowledge.errors import VendorNotFound
from knowledge.schemas import to_the_microsecond
from knowledge.schemas.chat import ChatBody, ChatView, IntentView, Mode, Optimization, SourceView
from knowledge.schemas.fields import LARGEST_ID
from knowledge.sessions import Exchange, SessionKey, Sessions

API_CALLER = "api"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and what it may do.

    `daily_tokens` is how many tokens its answers may cost a day, None for no limit. `request_id` is the
    same for the same message sent again; None where the caller gave nothing to tell that by.
    """

    principal: Principal
    rights: Rights
    daily_tokens: int | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """Asks the engine for those who call the chat API."""

    engine: Engine
    sessions: Sessions
    clock: Clock

    async def ask(self, asker: Asker, asked: ChatBody) -> ChatView:
        """Answer, and remember what was said.

        Raises VendorNotFound, VendorInactive, and Forbidden where a key that may only ask wants to be staff.
        """
        principal, rights = asker.principal, asker.rights
        if rights is not Rights.MANAGE and Mode(asked.mode) is not Mode.TENANT:
            raise Forbidden("This API key may only ask in mode tenant.")
        if not 0 < asked.vendor_id <= LARGEST_ID:
            raise VendorNotFound(asked.vendor_id)
        key = _session_of(asked)
        history = await self.sessions.history(principal, key)
        question = _question(asker, asked, history)
        answer = await self.engine.answer(principal, question)
        said = Exchange(asked.message, answer.text, await self.engine.unanswered(question, answer))
        await self.sessions.remember(principal, key, said)
        # Whoever may only ask is a vendor's customer: the entries behind an answer aren't theirs to read.
        return self._shown(asked, answer, with_sources=asked.include_sources and rights is Rights.MANAGE)

    def _shown(self, asked: ChatBody, answer: Answer, *, with_sources: bool) -> ChatView:
        intent = intent_of(answer)
        return ChatView(
            answer=answer.text,
            **{name: getattr(intent, name) for name in intent.__struct_fields__},
            sources=[
                SourceView(source.id, source.question_summary, source.answer, source.scope.value)
                for source in (answer.sources if with_sources else ())
            ],
            source_count=len(answer.sources),
            vendor_id=asked.vendor_id,
            mode=asked.mode,
            session_id=asked.session_id,
            timestamp=to_the_microsecond(self.clock.now()),
            llm_optimization=Optimization(
                optimization_applied=answer.composer is Composer.LLM,
                tokens_used=answer.tokens_used,
                processing_time_ms=answer.elapsed_ms,
                vendor_params_injected=bool(answer.values),
            ),
            outcome=answer.outcome.value,
            values=dict(answer.values),
            suggestions=list(answer.suggestions),
        )


def intent_of(answer: Answer) -> IntentView:
    """What the message was for: the main intent first. The names for "none" are the same in every language."""
    if not answer.intents or answer.outcome is Outcome.OUT_OF_SCOPE:
        key = "api.out_of_scope_intent" if answer.outcome is Outcome.OUT_OF_SCOPE else "api.general_intent"
        confidence = round(answer.confidence, _DIGITS)
        return IntentView(say(key), IntentType.KNOWLEDGE.value, confidence, [], [], [])
    names = [intent.name for intent in answer.intents]
    main = answer.intents[0]
    return IntentView(
        intent_name=main.name,
        intent_type=main.type.value,
        confidence=round(main.confidence, _DIGITS),
        all_intents=names,
        secondary_intents=names[1:],
        intent_ids=[intent.id for intent in answer.intents],
    )


def _question(asker: Asker, asked: ChatBody, history: tuple[Turn, ...]) -> Question:
    principal = asker.principal
    return Question(
        asked.vendor_id,
        asked.message,
        audience=Mode(asked.mode).audience,
        language=language_of(asked.message),
        history=history,
        top_k=asked.top_k,
        request_id=asker.request_id,
        caller=principal.id if principal.kind is PrincipalKind.BOT else API_CALLER,
        daily_tokens=asker.daily_tokens,
    )


def _session_of(asked: ChatBody) -> SessionKey | None:
    if asked.session_id is None:
        return None
    return SessionKey(asked.vendor_id, asked.user_id or "", asked.session_id, Mode(asked.mode).audience.value)
