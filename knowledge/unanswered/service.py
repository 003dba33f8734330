"""The verbs on unanswered questions. Each works in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeEntry, UnansweredCluster, UnansweredQuestion
from bot.tenancy.principal import PLATFORM, Principal
from knowledge import editing, keywords
from knowledge.entries import Audience
from knowledge.errors import AlreadyAnswered, NoSuchQuestion
from knowledge.repository import unanswered as repository
from knowledge.repository.changes import Author
from knowledge.repository.entries import NewEntry
from knowledge.repository.unanswered import ClusterFilter, State
from knowledge.repository.vendors import seen_vendor
from knowledge.unanswered import clustering
from knowledge.unanswered.clustering import Asked, Centre

ORIGIN = "unanswered"
# A question is compared with the clusters that were asked last.
MOST_COMPARED = 200


async def record(session: AsyncSession, principal: Principal, asked: Asked, *, now: datetime) -> int | None:
    """Count a question that wasn't answered, and return the id of its cluster.

    None where it doesn't count: small talk, noise, or a message that is counted already. What is like
    a dismissed cluster counts there and stays dismissed; what is like an answered one begins a new one.
    Two processes at once may begin two clusters for one thing; the next question of the kind makes them
    one. Raises VendorNotFound.
    """
    text = asked.text.strip()[: clustering.MAX_TEXT]
    if not clustering.worth_keeping(text):
        return None
    if asked.message_id is not None and await repository.is_recorded(session, asked.message_id):
        return None
    vendor = await seen_vendor(session, principal, asked.vendor_id)
    cluster = await _joined(session, principal, asked, text=text)
    if cluster is None:
        cluster = UnansweredCluster(
            tenant_id=vendor.tenant_id, vendor_id=vendor.id, audience=asked.audience, state=State.OPEN.value,
            first_asked_at=now,
        )  # fmt: skip
        _tell(cluster, clustering.begun(text, asked.vector))
        session.add(cluster)
    cluster.last_asked_at = now
    await session.flush()
    session.add(
        UnansweredQuestion(
            tenant_id=vendor.tenant_id, vendor_id=vendor.id, cluster_id=cluster.id, message_id=asked.message_id,
            text=text, asked_at=now,
        )
    )  # fmt: skip
    await session.flush()
    return cluster.id


async def forget(session: AsyncSession, message_id: int) -> None:
    """Blank the text of a LINE message that its sender took back, wherever it stands.

    A cluster that was told by it is told by another of its questions from now on; one that has no other
    disappears.
    """
    for question in await repository.questions_of_message(session, message_id):
        held = await repository.held_clusters(session, PLATFORM, [question.cluster_id])
        blanked, question.text = question.text, ""
        await session.flush()
        for cluster in held.values():
            await _retold(session, cluster, blanked)


async def reword(session: AsyncSession, message_id: int, text: str) -> None:
    """Keep the newer text of a LINE message that its sender changed, wherever it stands."""
    text = text.strip()[: clustering.MAX_TEXT]
    for question in await repository.questions_of_message(session, message_id):
        held = await repository.held_clusters(session, PLATFORM, [question.cluster_id])
        before, question.text = question.text, text
        await session.flush()
        for cluster in held.values():
            await _retold(session, cluster, before)


async def answer(
    session: AsyncSession, author: Author, cluster_id: int, *, given: Mapping[str, Any], now: datetime
) -> KnowledgeEntry:
    """Make an entry of a cluster: `given` holds its answer and any other fields of `editing.CHANGEABLE`.

    Its question is the cluster's text unless one is given, and it is curated unless that is denied.
    Raises NoSuchQuestion, NoSuchIntent, and AlreadyAnswered.
    """
    cluster = await _held(session, author.principal, cluster_id)
    if cluster.state == State.ANSWERED.value:
        raise AlreadyAnswered(cluster.entry_id)
    staff = cluster.audience == Audience.STAFF.value
    new = NewEntry(
        given.get("question_summary") or cluster.text, given["answer"], cluster.vendor_id,
        keywords.join(given.get("keywords", ())), Audience(given.get("audience", "staff" if staff else "all")),
        intent_ids=tuple(given.get("intent_ids", ())), is_curated=given.get("is_curated", True),
        is_active=given.get("is_active", True), origin=ORIGIN,
    )  # fmt: skip
    entry = await editing.create(session, author, new, now=now)
    cluster.state, cluster.entry_id = State.ANSWERED.value, entry.id
    await session.flush()
    return entry


async def dismiss(session: AsyncSession, principal: Principal, cluster_id: int) -> UnansweredCluster:
    """Take a cluster off the list for good. Raises NoSuchQuestion, and AlreadyAnswered for an answered one."""
    cluster = await _held(session, principal, cluster_id)
    if cluster.state == State.ANSWERED.value:
        raise AlreadyAnswered(cluster.entry_id)
    cluster.state = State.DISMISSED.value
    await session.flush()
    return cluster


async def reopen(session: AsyncSession, principal: Principal, cluster_id: int) -> UnansweredCluster:
    """Put a cluster back on the list; an entry that answered it stays. Raises NoSuchQuestion."""
    cluster = await _held(session, principal, cluster_id)
    cluster.state, cluster.entry_id = State.OPEN.value, None
    await session.flush()
    return cluster


async def _held(session: AsyncSession, principal: Principal, cluster_id: int) -> UnansweredCluster:
    held = await repository.held_clusters(session, principal, [cluster_id])
    if cluster_id not in held:
        raise NoSuchQuestion
    return held[cluster_id]


async def _joined(session: AsyncSession, principal: Principal, asked: Asked, *, text: str) -> UnansweredCluster | None:
    """The cluster that the question joins, it counted in; None where it is like none."""
    wanted = ClusterFilter(None, asked.vendor_id, asked.audience)
    near = await repository.joinable(session, principal, wanted, limit=MOST_COMPARED)
    centres = [_centre(cluster) for cluster in near]
    at = clustering.nearest(text, asked.vector, centres)
    if at is None:
        return None
    twins = [
        cluster.id
        for cluster, centre in zip(near, centres, strict=True)
        if cluster.state == near[at].state
        and centre is not centres[at]
        and clustering.ask_the_same(centre, centres[at])
    ]
    held = await repository.held_clusters(session, principal, [near[at].id, *twins])
    cluster = held.pop(near[at].id, None)
    # It may have been merged away, or answered, while we waited for it.
    if cluster is None or cluster.state != near[at].state:
        return None
    centre = _centre(cluster)
    for twin in held.values():
        centre = clustering.merged(centre, _centre(twin))
        cluster.first_asked_at = min(cluster.first_asked_at, twin.first_asked_at)
        await repository.move_questions(session, principal, twin.id, target=cluster.id)
        session.expunge(twin)
    _tell(cluster, clustering.joined(centre, text, asked.vector))
    return cluster


async def _retold(session: AsyncSession, cluster: UnansweredCluster, blanked: str) -> None:
    """Have a cluster told by what is left of its texts, now that one of them is blank."""
    texts = (await repository.latest_texts(session, PLATFORM, [cluster.id]))[cluster.id]
    if not texts:
        await repository.remove_cluster(session, PLATFORM, cluster.id)
        session.expunge(cluster)
    elif cluster.text == blanked and blanked not in texts:
        ((most, _),) = Counter(texts).most_common(1)
        _tell(cluster, clustering.without(_centre(cluster), most))
        await session.flush()


def _centre(cluster: UnansweredCluster) -> Centre:
    return clustering.unpack(cluster.text, cluster.vector, asked=cluster.asked)


def _tell(cluster: UnansweredCluster, centre: Centre) -> None:
    cluster.text, cluster.asked, cluster.vector = centre.text, centre.asked, clustering.pack(centre)
