"""What goes into the engine and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.texts import Language
from knowledge.entries import Audience, FoundIntent, Scope

DEFAULT_TOP_K = 3
MAX_TOP_K = 10
DEFAULT_DEADLINE = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said before in the conversation, by the customer or by the bot."""

    text: str
    from_customer: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a vendor.

    `audience` is `renter` or `staff`; `instructions` are the bot's own (its system prompt);
    `history` is what was said before, oldest first. `top_k` entries are looked at, 1 to 10.
    `deadline` is how many seconds an answer may take. `caller` is who pays for the language model: a
    bot's id, or `api`; `daily_tokens` is how many tokens it may spend a day, None for no limit.
    `request_id` is the same whenever the same message is asked again, such as its event's id; a vendor's
    system gets it, to tell a repetition from a new request. None gives one at random.
    """

    vendor_id: int
    text: str
    audience: str = Audience.RENTER
    language: Language = Language.ZH_TW
    instructions: str | None = None
    history: tuple[Turn, ...] = ()
    top_k: int = DEFAULT_TOP_K
    deadline: float = DEFAULT_DEADLINE
    caller: str = "api"
    daily_tokens: int | None = None
    request_id: str | None = None


class Outcome(StrEnum):
    """What became of a question. Out of scope: it is about something that this vendor doesn't deal with.
    Asking: something is needed from the customer before it can be answered."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    OUT_OF_SCOPE = "out_of_scope"
    ASKING = "asking"


class Composer(StrEnum):
    """Who worded the answer: the embedded composer, from the entries' own sentences, a language model, or
    the owner, who approved it word for word."""

    EXTRACTIVE = "extractive"
    CURATED = "curated"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Source:
    """An entry that the answer draws on, its answer as stored. `score` ranks within this question."""

    id: int
    question_summary: str
    answer: str
    scope: Scope
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be sent as it is.

    `values` are the parameters in it, as written, by key. `confidence` is how likely the best source
    answers the question (0..1). `intents` are those found in the message, the main one first; none
    where the vendor has none or the message fits none. `suggestions` are further questions that could
    be asked. `called` are the intents for which the vendor's own system was asked.
    """

    text: str
    outcome: Outcome
    composer: Composer = Composer.EXTRACTIVE
    sources: tuple[Source, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0
    tokens_used: int = 0
    elapsed_ms: int = 0
    intents: tuple[FoundIntent, ...] = ()
    suggestions: tuple[str, ...] = ()
    called: tuple[int, ...] = ()
