"""Statements about unanswered questions and the clusters that they are gathered in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import UnansweredCluster, UnansweredQuestion
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.errors import NoSuchQuestion
from knowledge.repository.pages import Page, read_page

# Of a cluster's questions so many are looked at for examples.
LOOKED_AT = 20


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class ClusterFilter:
    """Which clusters; None means that it doesn't matter."""

    state: State | None = State.OPEN
    vendor_id: int | None = None
    audience: str | None = None


async def joinable(
    session: AsyncSession, principal: Principal, wanted: ClusterFilter, *, limit: int
) -> list[UnansweredCluster]:
    """The clusters that a question may join, those last asked first; an answered one is done with."""
    statement = (
        select(UnansweredCluster)
        .where(UnansweredCluster.state != State.ANSWERED.value, *_conditions(wanted))
        .order_by(UnansweredCluster.last_asked_at.desc(), UnansweredCluster.id)
        .limit(limit)
    )
    return list(await session.scalars(visible_to(principal, statement, UnansweredCluster)))


async def held_clusters(
    session: AsyncSession, principal: Principal, ids: Sequence[int]
) -> dict[int, UnansweredCluster]:
    """Those of the clusters that there (still) are, as they are now; nobody else changes them meanwhile."""
    statement = select(UnansweredCluster).where(UnansweredCluster.id.in_(ids)).order_by(UnansweredCluster.id)
    held = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {row.id: row for row in await session.scalars(visible_to(principal, held, UnansweredCluster))}


async def cluster_row(session: AsyncSession, principal: Principal, cluster_id: int) -> UnansweredCluster:
    """A cluster. Raises NoSuchQuestion for one that isn't there or is another's."""
    statement = select(UnansweredCluster).where(UnansweredCluster.id == cluster_id)
    row: UnansweredCluster | None = await session.scalar(visible_to(principal, statement, UnansweredCluster))
    if row is None:
        raise NoSuchQuestion
    return row


async def is_recorded(session: AsyncSession, message_id: int) -> bool:
    """Whether this message is counted already: LINE may deliver one twice."""
    statement = select(UnansweredQuestion.id).where(UnansweredQuestion.message_id == message_id).limit(1)
    return await session.scalar(statement) is not None


async def list_clusters(
    session: AsyncSession, principal: Principal, wanted: ClusterFilter, page: Page
) -> tuple[list[UnansweredCluster], int]:
    """The page's clusters, the most asked first, and how many there are in all."""
    order = (UnansweredCluster.asked.desc(), UnansweredCluster.last_asked_at.desc(), UnansweredCluster.id)
    return await read_page(session, principal, UnansweredCluster, page, where=_conditions(wanted), order=order)


async def latest_texts(session: AsyncSession, principal: Principal, cluster_ids: Sequence[int]) -> dict[int, list[str]]:
    """The latest texts of each cluster, repeats and all, newest first; none that was taken back."""
    place = func.row_number().over(partition_by=UnansweredQuestion.cluster_id, order_by=UnansweredQuestion.id.desc())
    columns: Sequence[Any] = (UnansweredQuestion.cluster_id, UnansweredQuestion.text, place.label("place"))
    statement = select(*columns).where(UnansweredQuestion.cluster_id.in_(cluster_ids), UnansweredQuestion.text != "")
    numbered = visible_to(principal, statement, UnansweredQuestion).subquery()
    latest = select(numbered).where(numbered.c.place <= LOOKED_AT).order_by(numbered.c.cluster_id, numbered.c.place)
    found: dict[int, list[str]] = {cluster_id: [] for cluster_id in cluster_ids}
    for row in await session.execute(latest):
        found[row.cluster_id].append(row.text)
    return found


async def list_questions(
    session: AsyncSession, principal: Principal, cluster_id: int, page: Page
) -> list[UnansweredQuestion]:
    """The page's questions of a cluster, the newest first."""
    statement = select(UnansweredQuestion).where(UnansweredQuestion.cluster_id == cluster_id)
    ordered = statement.order_by(UnansweredQuestion.id.desc()).limit(page.limit).offset(page.offset)
    return list(await session.scalars(visible_to(principal, ordered, UnansweredQuestion)))


async def questions_of_message(session: AsyncSession, message_id: int) -> list[UnansweredQuestion]:
    """What a LINE message asked. The message is known, so that whose it is needn't be asked."""
    statement = select(UnansweredQuestion).where(UnansweredQuestion.message_id == message_id)
    return list(await session.scalars(statement.order_by(UnansweredQuestion.id)))


async def move_questions(session: AsyncSession, principal: Principal, source: int, *, target: int) -> None:
    """Put all questions of one cluster into another, and remove the empty one."""
    moving = update(UnansweredQuestion).where(UnansweredQuestion.cluster_id == source).values(cluster_id=target)
    await session.execute(visible_to(principal, moving, UnansweredQuestion))
    removing = delete(UnansweredCluster).where(UnansweredCluster.id == source)
    await session.execute(visible_to(principal, removing, UnansweredCluster))


async def remove_cluster(session: AsyncSession, principal: Principal, cluster_id: int) -> None:
    """Remove a cluster with its questions."""
    emptying = delete(UnansweredQuestion).where(UnansweredQuestion.cluster_id == cluster_id)
    await session.execute(visible_to(principal, emptying, UnansweredQuestion))
    removing = delete(UnansweredCluster).where(UnansweredCluster.id == cluster_id)
    await session.execute(visible_to(principal, removing, UnansweredCluster))


def _conditions(wanted: ClusterFilter) -> list[ColumnElement[bool]]:
    exact = {"state": wanted.state, "vendor_id": wanted.vendor_id, "audience": wanted.audience}
    return [getattr(UnansweredCluster, name) == value for name, value in exact.items() if value is not None]
