"""Teaching the bot a question and its answer, from the chat."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import PostbackAction
from handlers.line.owner.considering import Considered, consider
from handlers.line.owner.desk import LEAVING, ORDERS, Desk, Errand, Order, button
from handlers.line.owner.drafts import (
    EDIT,
    FOLLOW,
    LONGEST_ANSWER,
    Row,
    draft_card,
    followed,
    followed_card,
    warnings,
)
from handlers.line.owner.replies import (
    author_of,
    begin,
    current,
    drafted,
    end,
    expired,
    new_draft,
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
from handlers.line.owner.sentences import Taught, read_taught
from handlers.line.owner.tools import Tools
from handlers.line.responses import Response
from knowledge import editing
from knowledge.entries import Scope
from knowledge.errors import AlreadyCustomized, EntryNotFound
from knowledge.repository.entries import NewEntry, entry_row

TEACH, ORIGIN = "teach", "owner"
LONGEST_QUESTION = 300
ADD, UPDATE = "add", "update"


def add_to(desk: Desk, tools: Tools) -> None:
    desk.action(TEACH, teach, read=read, prepare=partial(_look_at_sentence, tools))
    desk.dialog(
        TEACH,
        write,
        prepare=partial(_look_at_text, tools),
        expects="teach.text_expected",
        leaving=LEAVING | ORDERS,
    )


def read(text: str) -> str | None:
    """The text, where it teaches something."""
    taught = read_taught(text)
    return text if taught is not None and taught.question else None


async def teach(session: AsyncSession, order: Order) -> Response:
    """`教 …` as far as it goes, or what was tapped below a draft: `<what>:<draft>`."""
    what, _, draft = order.argument.partition(":")
    if what in (ADD, UPDATE, FOLLOW, EDIT) and draft.isalnum():
        return await _tapped(session, order, what, draft=draft)
    taught = read_taught(order.argument) or Taught()
    if taught.question and taught.answer:
        return await _draft(session, order, taught)
    if taught.question:
        return await _ask_answer(session, order, taught.question)
    await begin(session, order, TEACH, data={})
    return told(order, phrase(order, "teach.ask_question"), way_back(order))


async def _tapped(session: AsyncSession, order: Order, what: str, *, draft: str) -> Response:
    data = await drafted(session, order, TEACH, draft)
    if data is None:
        return expired(order)
    if what == EDIT:
        return await _ask_answer(session, order, str(data["question"]))
    if what == FOLLOW:
        data = followed(data)
        await begin(session, order, TEACH, data=data)
        return shown(order, await followed_card(session, order, data, _choices(order, data)))
    return await _store(session, order, data, update=what == UPDATE)


async def write(session: AsyncSession, order: Order) -> Response:
    """The question, or the answer to it; with a draft shown, whatever is typed is the answer anew."""
    dialog = await current(session, order, TEACH)
    if dialog is None:
        return expired(order)
    if dialog.data.get("draft") and says_yes(order.argument):
        return await _store(session, order, dialog.data, update="entry" in dialog.data)
    if dialog.data.get("draft") and says_edit(order.argument):
        return await _ask_answer(session, order, str(dialog.data["question"]))
    taught = _taught_so_far(dialog.data, order.argument)
    if not taught.answer:
        return await _ask_answer(session, order, taught.question)
    return await _draft(session, order, taught)


def _taught_so_far(data: dict[str, Any], text: str) -> Taught:
    question, taught = str(data.get("question", "")), read_taught(text)
    if taught is not None and taught.question and (taught.answer or not question):
        return taught
    return Taught(question, text.strip()) if question else Taught(text.strip())


async def _look_at_sentence(tools: Tools, errand: Errand) -> Considered | None:
    taught = read_taught(errand.argument) or Taught()
    return await _look_at(tools, errand, taught)


async def _look_at_text(tools: Tools, errand: Errand) -> Considered | None:
    data = errand.dialog.data if errand.dialog is not None else {}
    return await _look_at(tools, errand, _taught_so_far(data, errand.argument))


async def _look_at(tools: Tools, errand: Errand, taught: Taught) -> Considered | None:
    if not taught.question or not taught.answer:
        return None
    return await consider(tools, errand, question=taught.question, answer=taught.answer)


async def _ask_answer(session: AsyncSession, order: Order, question: str) -> Response:
    if len(question) > LONGEST_QUESTION:
        return told(order, phrase(order, "owner.too_long", most=LONGEST_QUESTION), way_back(order))
    await begin(session, order, TEACH, data={"question": question})
    return told(order, phrase(order, "teach.ask_answer", question=question), way_back(order))


async def _draft(session: AsyncSession, order: Order, taught: Taught) -> Response:
    """Show what will be stored, and what stands there about the same."""
    if len(taught.question) > LONGEST_QUESTION or len(taught.answer) > LONGEST_ANSWER:
        most = LONGEST_QUESTION if len(taught.question) > LONGEST_QUESTION else LONGEST_ANSWER
        return told(order, phrase(order, "owner.too_long", most=most), way_back(order))
    considered: Considered | None = order.prepared
    if considered is None:
        return expired(order)
    like, draft = considered.like, new_draft()
    data = {"question": taught.question, "answer": taught.answer, "draft": draft, "linked": considered.linked}
    if like is not None:
        data["entry"] = str(like.entry_id)
        data["before"] = like.answer
    await begin(session, order, TEACH, data=data)
    alike: list[Row] = []
    if like is not None:
        alike.append(phrase(order, "teach.same" if like.says_the_same else "teach.like"))
        alike.append((phrase(order, "owner.question"), like.question))
        alike.append((phrase(order, "teach.now"), like.answer))
    card = draft_card(
        order,
        taught.question,
        considered.reads or taught.answer,
        buttons=_choices(order, data),
        note=phrase(order, "owner.for_all"),
        further=[*alike, *warnings(order, considered)],
    )
    return shown(order, card)


def _choices(order: Order, data: dict[str, str]) -> list[PostbackAction]:
    draft, is_known = data["draft"], "entry" in data
    add = button(order.bot, phrase(order, "teach.add" if is_known else "teach.save"), TEACH, f"{ADD}:{draft}")
    edit = button(order.bot, phrase(order, "owner.edit"), TEACH, f"{EDIT}:{draft}")
    further = [edit, way_back(order)]
    if data.get("linked"):
        further.insert(0, tap(order, "owner.follow", TEACH, f"{FOLLOW}:{draft}"))
    if not is_known:
        return [add, *further]
    return [button(order.bot, phrase(order, "teach.update"), TEACH, f"{UPDATE}:{draft}"), add, *further]


async def _store(session: AsyncSession, order: Order, data: dict[str, Any], *, update: bool) -> Response:
    """Make the draft knowledge of the shop."""
    await end(session, order)
    author, now = author_of(order), order.incoming.now
    question, answer = str(data["question"]), str(data["answer"])
    further = (tap(order, "teach.another", TEACH), *ways_out(order))
    if update and "entry" in data:
        changed = await _changed(session, order, int(data["entry"]), before=str(data["before"]), answer=answer)
        return told(order, phrase(order, "teach.updated" if changed else "teach.changed_meanwhile"), *further)
    new = NewEntry(question, answer, order.bot.vendor_id, is_curated=True, origin=ORIGIN)
    await editing.create(session, author, new, now=now)
    return told(order, phrase(order, "teach.stored", question=question), *further)


async def _changed(session: AsyncSession, order: Order, entry_id: int, *, before: str, answer: str) -> bool:
    """Give an entry another answer; one that all shops share gets a version of this shop's own.

    False where somebody changed it since it was shown.
    """
    author, given = author_of(order), {"answer": answer, "is_curated": True}
    try:
        entry = await entry_row(session, principal(order), entry_id)
        if entry.answer != before:
            return False
        if entry.scope == Scope.GLOBAL.value:
            vendor_id = order.bot.vendor_id
            await editing.customize(session, author, entry_id, given=given, vendor_id=vendor_id, now=order.incoming.now)
        else:
            await editing.update(session, author, entry_id, given=given, now=order.incoming.now)
    except (EntryNotFound, AlreadyCustomized):
        return False
    return True
