"""What a bot did in a time, in figures. What somebody of the shop writes to their own bot isn't counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day where the shops are: messages of customers, of the bot and of the shop's people, and who wrote."""

    day: date
    received: int
    by_bot: int
    by_staff: int
    active_contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A bot's figures of a time.

    `active_contacts` are people and groups that wrote. `from_knowledge` are answers made from entries or values,
    `otherwise_answered` those that needed none (a greeting, the business hours), `not_known` an honest "I don't
    know". `asked_for_person` counts requests, `handed_over` conversations in which a person had customers' words
    brought to them. `failed` are messages that got no answer by a fault. `late_answers` missed their reply token,
    of which `late_fetched` were fetched. `pushes` are billed messages by purpose. `days` are those on which
    something was said.
    """

    new_conversations: int
    active_contacts: int
    from_knowledge: int
    otherwise_answered: int
    not_known: int
    asked_for_person: int
    handed_over: int
    failed: int
    late_answers: int
    late_fetched: int
    free_replies: int
    pushes: Mapping[str, int]
    days: tuple[Day, ...]
