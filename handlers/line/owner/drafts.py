"""Answers as drafts: shown as customers will read them, with what their writer should know, until they count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.flex import bubble
from bot.line.messages import Action
from handlers.line.owner.considering import Considered
from handlers.line.owner.desk import Order
from handlers.line.owner.replies import new_draft, phrase, principal
from knowledge.parameters import fill
from knowledge.repository.parameters import parameters_of

LONGEST_ANSWER = 3000
# What the buttons of any draft ask for.
FOLLOW, EDIT = "follow", "edit"

Row = str | tuple[str, str]


def draft_card(
    order: Order, question: str, reads: str, *, buttons: Sequence[Action], note: str, further: Sequence[Row] = ()
) -> dict[str, Any]:
    """A question with its answer as customers will read it, and what can be done with them."""
    rows: list[Row] = [(phrase(order, "owner.question"), question), (phrase(order, "owner.answer"), reads), *further]
    return bubble(phrase(order, "owner.is_this_right"), rows=rows, buttons=buttons, note=note)


def warnings(order: Order, considered: Considered) -> list[str]:
    """What its writer should know of an answer before it counts."""
    said = [phrase(order, "owner.contradicts", name=name, value=value) for name, value in considered.contradicts]
    said += [phrase(order, "owner.unknown_value", parameter=key) for key in considered.unknown]
    return [*said, *(phrase(order, "owner.may_follow", name=name) for name in considered.follows)]


def followed(data: dict[str, Any]) -> dict[str, Any]:
    """A draft's data once its figures follow their parameters: another draft."""
    return {**data, "answer": data["linked"], "linked": "", "draft": new_draft()}


async def followed_card(
    session: AsyncSession, order: Order, data: dict[str, Any], buttons: Sequence[Action]
) -> dict[str, Any]:
    """A draft whose figures follow their parameters, as customers read it."""
    values = {one.key: one for one in await parameters_of(session, principal(order), order.bot.vendor_id)}
    reads = fill(str(data["answer"]), values).text or str(data["answer"])
    return draft_card(order, str(data["question"]), reads, buttons=buttons, note=phrase(order, "owner.follows_now"))
