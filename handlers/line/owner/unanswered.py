"""Questions that nobody could answer, as cards; the answer becomes knowledge and goes to whoever waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.flex import bubble, carousel
from bot.line.messages import PostbackAction
from bot.line.splitting import clipped
from bot.models import KnowledgeEntry, UnansweredCluster
from handlers.line.owner import follow_ups
from handlers.line.owner.considering import Considered, consider
from handlers.line.owner.desk import LEAVING, ORDERS, Desk, Errand, Order, button
from handlers.line.owner.drafts import EDIT, FOLLOW, LONGEST_ANSWER, draft_card, followed, followed_card, warnings
from handlers.line.owner.replies import (
    author_of,
    begin,
    current,
    drafted,
    end,
    expired,
    new_draft,
    number_in,
    phrase,
    principal,
    says_edit,
    says_yes,
    shown,
    tap,
    told,
    way_back,
    ways_out,
)
from handlers.line.owner.tools import Tools
from handlers.line.rendering import local
from handlers.line.responses import Response
from knowledge import editing
from knowledge.errors import AlreadyAnswered, NoSuchQuestion
from knowledge.parameters import fill
from knowledge.repository import unanswered as clusters
from knowledge.repository.entries import entry_row
from knowledge.repository.pages import Page
from knowledge.repository.unanswered import ClusterFilter, State
from knowledge.unanswered import service as unanswered

UNANSWERED, ANSWER, DISMISS = "unanswered", "answer_cluster", "dismiss_cluster"
ON_A_PAGE, MOST_SKIPPED = 9, 100_000
EXAMPLES = 2
LONGEST_EXAMPLE = 60
SEND, SEND_LATER, UNDO = "send", "later", "undo"


def add_to(desk: Desk, tools: Tools) -> None:
    desk.action(UNANSWERED, show)
    desk.action(ANSWER, answer)
    desk.action(DISMISS, dismiss)
    desk.dialog(
        ANSWER,
        write,
        prepare=partial(_look_at, tools),
        expects="unanswered.text_expected",
        leaving=LEAVING | ORDERS | {"teach"},
    )


async def show(session: AsyncSession, order: Order) -> Response:
    """The open questions, the most asked first, a card each. The argument is how many to skip."""
    offset = min(number_in(order.argument) or 0, MOST_SKIPPED)
    wanted = ClusterFilter(State.OPEN, order.bot.vendor_id)
    page = Page(limit=ON_A_PAGE, offset=offset)
    found, total = await clusters.list_clusters(session, principal(order), wanted, page)
    if not found:
        teach = tap(order, "menu.teach", "teach")
        return told(order, phrase(order, "unanswered.none"), teach, *ways_out(order))
    texts = await clusters.latest_texts(session, principal(order), [one.id for one in found])
    cards = [_card(order, one, texts[one.id]) for one in found]
    left = total - offset - len(found)
    if left > 0:
        more = tap(order, "unanswered.more", UNANSWERED, str(offset + len(found)))
        cards.append(bubble(phrase(order, "unanswered.left", count=left), buttons=(more,)))
    alt = phrase(order, "unanswered.alt", count=total)
    return shown(order, carousel(cards), *ways_out(order), alt=alt)


async def answer(session: AsyncSession, order: Order) -> Response:
    """A card's 回答, or what was tapped below a draft: `<cluster>` or `<cluster>:<what>:<draft>`."""
    given, _, rest = order.argument.partition(":")
    what, _, draft = rest.partition(":")
    cluster_id = number_in(given)
    if cluster_id is None:
        return await show(session, order)
    if what in (SEND, SEND_LATER, FOLLOW):
        return await _tapped(session, order, what, draft=draft)
    try:
        cluster = await clusters.cluster_row(session, principal(order), cluster_id)
    except NoSuchQuestion:
        return _gone(order)
    if cluster.state == State.ANSWERED:
        return await _answered_already(session, order, cluster)
    await begin(session, order, ANSWER, data={"cluster": cluster.id, "question": cluster.text})
    text = phrase(order, "unanswered.ask" if what != EDIT else "unanswered.ask_again", question=cluster.text)
    return told(order, text, way_back(order))


async def _tapped(session: AsyncSession, order: Order, what: str, *, draft: str) -> Response:
    data = await drafted(session, order, ANSWER, draft)
    if data is None:
        return expired(order)
    if what == FOLLOW:
        return await _follow(session, order, data)
    return await _send(session, order, data, at_once=what == SEND)


async def write(session: AsyncSession, order: Order) -> Response:
    """The answer as it was typed: show what will be stored, and who gets it."""
    dialog = await current(session, order, ANSWER)
    if dialog is None:
        return expired(order)
    if dialog.data.get("draft") and says_yes(order.argument):
        return await _send(session, order, dialog.data, at_once=True)
    if dialog.data.get("draft") and says_edit(order.argument):
        question = str(dialog.data["question"])
        await begin(session, order, ANSWER, data={"cluster": dialog.data["cluster"], "question": question})
        return told(order, phrase(order, "unanswered.ask_again", question=question), way_back(order))
    text = order.argument.strip()
    if not text or len(text) > LONGEST_ANSWER:
        return told(order, phrase(order, "owner.too_long", most=LONGEST_ANSWER), way_back(order))
    considered: Considered = order.prepared
    draft = new_draft()
    data = {**dialog.data, "answer": text, "draft": draft, "linked": considered.linked}
    await begin(session, order, ANSWER, data=data)
    waiting = await follow_ups.waiting_for(session, order.bot, int(dialog.data["cluster"]), now=order.incoming.now)
    card = draft_card(
        order,
        str(dialog.data["question"]),
        considered.reads or text,
        buttons=_choices(order, data, waiting=len(waiting)),
        note=phrase(order, "unanswered.cost", count=len(waiting)) if waiting else phrase(order, "owner.for_all"),
        further=warnings(order, considered),
    )
    return shown(order, card)


async def dismiss(session: AsyncSession, order: Order) -> Response:
    """A card's 忽略: `<cluster>`, and `<cluster>:undo` to have it back."""
    given, _, what = order.argument.partition(":")
    cluster_id = number_in(given)
    if cluster_id is None:
        return await show(session, order)
    others = tap(order, "unanswered.others", UNANSWERED)
    try:
        if what == UNDO:
            cluster = await clusters.cluster_row(session, principal(order), cluster_id)
            if cluster.state == State.DISMISSED:
                await unanswered.reopen(session, principal(order), cluster_id)
            return told(order, phrase(order, "unanswered.back_again"), others, *ways_out(order))
        cluster = await unanswered.dismiss(session, principal(order), cluster_id)
    except NoSuchQuestion:
        return _gone(order)
    except AlreadyAnswered:
        cluster = await clusters.cluster_row(session, principal(order), cluster_id)
        return await _answered_already(session, order, cluster)
    undo = tap(order, "unanswered.undo", DISMISS, f"{cluster_id}:{UNDO}")
    return told(order, phrase(order, "unanswered.dismissed", question=cluster.text), others, undo, *ways_out(order))


async def _follow(session: AsyncSession, order: Order, data: dict[str, Any]) -> Response:
    """Let the draft's figures follow their parameters, and show it again."""
    data = followed(data)
    await begin(session, order, ANSWER, data=data)
    waiting = await follow_ups.waiting_for(session, order.bot, int(data["cluster"]), now=order.incoming.now)
    return shown(order, await followed_card(session, order, data, _choices(order, data, waiting=len(waiting))))


async def _look_at(tools: Tools, errand: Errand) -> Considered:
    """What the typed answer would come to."""
    data = errand.dialog.data if errand.dialog is not None else {}
    return await consider(tools, errand, question=str(data.get("question", "")), answer=errand.argument.strip())


async def _send(session: AsyncSession, order: Order, data: dict[str, Any], *, at_once: bool) -> Response:
    """Store the answer, tell whoever waits, and say how many those are. Of two at once the first wins."""
    cluster_id, now = int(data["cluster"]), order.incoming.now
    await end(session, order)
    waiting = await follow_ups.waiting_for(session, order.bot, cluster_id, now=now)
    try:
        given = {"answer": str(data["answer"])}
        entry = await unanswered.answer(session, author_of(order), cluster_id, given=given, now=now)
    except NoSuchQuestion:
        return _gone(order)
    except AlreadyAnswered:
        cluster = await clusters.cluster_row(session, principal(order), cluster_id)
        return await _answered_already(session, order, cluster)
    reads = await _as_read(session, order, entry)
    sent = await follow_ups.tell(session, waiting if reads else (), reads, entry_id=entry.id, may_push=at_once, now=now)
    text = "\n".join([phrase(order, "unanswered.stored"), *_outcome(order, sent)])
    return told(order, text, tap(order, "unanswered.others", UNANSWERED), *ways_out(order), wake=sent.wake)


def _outcome(order: Order, sent: follow_ups.Told) -> list[str]:
    """Who was told, in words."""
    lines = []
    if sent.now:
        lines.append(phrase(order, "unanswered.told_now", count=sent.now))
    if sent.later:
        lines.append(phrase(order, "unanswered.told_later", count=sent.later))
    return lines


def _choices(order: Order, data: dict[str, Any], *, waiting: int) -> list[PostbackAction]:
    """What can be done with a draft. With customers waiting, whether telling them at once may cost messages."""
    cluster_id, draft = data["cluster"], data["draft"]
    now, later = f"{cluster_id}:{SEND}:{draft}", f"{cluster_id}:{SEND_LATER}:{draft}"
    sending = [button(order.bot, phrase(order, "owner.send"), ANSWER, now)]
    if waiting:
        sending = [
            button(order.bot, phrase(order, "unanswered.send_now", count=waiting), ANSWER, now),
            button(order.bot, phrase(order, "unanswered.send_later"), ANSWER, later),
        ]
    if data.get("linked"):
        sending.append(tap(order, "owner.follow", ANSWER, f"{cluster_id}:{FOLLOW}:{draft}"))
    return [*sending, tap(order, "owner.edit", ANSWER, f"{cluster_id}:{EDIT}"), way_back(order)]


async def _as_read(session: AsyncSession, order: Order, entry: KnowledgeEntry) -> str:
    """The stored answer as customers read it: "" where it needs a value that the shop doesn't have."""
    values = await editing.values_of(session, principal(order), entry)
    return fill(entry.answer, values).text


async def _answered_already(session: AsyncSession, order: Order, cluster: UnansweredCluster) -> Response:
    """Somebody else was faster: show what they said."""
    await end(session, order)
    others = (tap(order, "unanswered.others", UNANSWERED), *ways_out(order))
    if cluster.entry_id is None:
        return told(order, phrase(order, "unanswered.gone"), *others)
    entry = await entry_row(session, principal(order), cluster.entry_id)
    text = phrase(order, "unanswered.answered_already", question=cluster.text, answer=entry.answer)
    return told(order, text, *others)


def _gone(order: Order) -> Response:
    return told(order, phrase(order, "unanswered.gone"), tap(order, "unanswered.others", UNANSWERED), *ways_out(order))


def _card(order: Order, cluster: UnansweredCluster, texts: Sequence[str]) -> dict[str, Any]:
    """One question: how often and when it was asked, other words for it, and what to do."""
    others = list(dict.fromkeys(text for text in texts if text != cluster.text))[:EXAMPLES]
    rows = [
        (phrase(order, "unanswered.asked"), phrase(order, "unanswered.times", count=cluster.asked)),
        (phrase(order, "unanswered.last"), local(cluster.last_asked_at)),
        *((phrase(order, "unanswered.also"), clipped(text, limit=LONGEST_EXAMPLE)) for text in others),
    ]
    buttons = (
        tap(order, "unanswered.answer", ANSWER, str(cluster.id)),
        tap(order, "unanswered.dismiss", DISMISS, str(cluster.id)),
    )
    return bubble(cluster.text, rows=rows, buttons=buttons)
