"""A shop's parameters: shown, and changed in ordinary words, each change confirmed before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.flex import bubble, carousel
from bot.line.messages import PostbackAction
from bot.models import VendorParameter
from handlers.line.asking import principal_of
from handlers.line.owner.considering import index_of
from handlers.line.owner.desk import Desk, Errand, Order, button
from handlers.line.owner.linking import linked, writing_out
from handlers.line.owner.naming import Meant, called, find_meant
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
    says_no,
    says_yes,
    shown,
    tap,
    told,
    way_back,
    ways_out,
)
from handlers.line.owner.sentences import ValueChange, read_value_change
from handlers.line.owner.tools import Tools
from handlers.line.repository import Role
from handlers.line.responses import Response
from knowledge import editing
from knowledge.composing.material import resolve
from knowledge.entries import Audience
from knowledge.errors import EntryNotFound
from knowledge.parameters import InvalidValue, Parameter, check, keys_in, written
from knowledge.repository.changes import Action
from knowledge.repository.entries import entry_row
from knowledge.repository.parameters import NewParameter, begin_change, parameter_rows, parameters_of, write_parameters
from knowledge.retrieval.index import Hit, Index
from knowledge.vendors.changes import fields_of, record

VALUES, SET = "values", "set_value"
ON_A_CARD, ON_A_PAGE, MOST_OFFERED, MOST_NAMED, MOST_SKIPPED = 5, 40, 10, 3, 100_000
YES, ALL = "yes", "all"
MOST_STALE = 20
LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change would come to. `now` is the parameter as it is and `new` as it would be; `problem` is
    the catalogue's name for what is wrong with the value; `sample` an answer with the new value. `stale` are
    ids and questions of the shop's answers that write out the value as it is."""

    now: Parameter
    new: Parameter | None = None
    problem: str | None = None
    sample: str = ""
    stale: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a sentence: a proposal, or which parameters may be meant by `name`."""

    name: str
    value: str
    proposal: Proposal | None = None
    near: tuple[Parameter, ...] = ()
    all: tuple[Parameter, ...] = ()


def add_to(desk: Desk, tools: Tools) -> None:
    desk.action(VALUES, show)
    desk.action(SET, change, needs=Role.OWNER, read=read, prepare=partial(_look_at_sentence, tools))
    desk.dialog(SET, write, prepare=partial(_look_at_text, tools), expects="values.text_expected")


def read(text: str) -> str | None:
    """The text, where it asks for a change of a value."""
    return text if read_value_change(text) is not None else None


async def show(session: AsyncSession, order: Order) -> Response:
    """All parameters with their values; owners get a button for each. The argument is how many to skip."""
    offset = min(number_in(order.argument) or 0, MOST_SKIPPED)
    rows = [row for row in await _rows(session, order) if row.is_active]
    if not rows[offset:]:
        return told(order, phrase(order, "values.none"), *ways_out(order))
    by_key = {one.key: one for one in await parameters_of(session, principal(order), order.bot.vendor_id)}
    page = rows[offset : offset + ON_A_PAGE]
    cards = [_card(order, page[at : at + ON_A_CARD], by_key) for at in range(0, len(page), ON_A_CARD)]
    if len(rows) > offset + len(page):
        more = tap(order, "values.more", VALUES, str(offset + len(page)))
        left = phrase(order, "values.left", count=len(rows) - offset - len(page))
        cards.append(bubble(left, buttons=(more,)))
    return shown(order, carousel(cards), *ways_out(order), alt=phrase(order, "values.alt", count=len(rows)))


async def change(session: AsyncSession, order: Order) -> Response:
    """`繳費日改成 5 號`; a parameter's button (`<id>`); 確定 below a proposal (`yes:<draft>`)."""
    what, _, draft = order.argument.partition(":")
    if what in (YES, ALL):
        data = await drafted(session, order, SET, draft)
        return await _apply(session, order, data, answers=what == ALL) if data is not None else expired(order)
    if order.prepared is not None:
        return await _propose(session, order, order.prepared)
    if number_in(what) is None:
        return await show(session, order)
    row = next((one for one in await _rows(session, order) if str(one.id) == what and one.is_active), None)
    if row is None:
        return told(order, phrase(order, "values.gone"), tap(order, "values.list", VALUES), *ways_out(order))
    parameter = await _parameter(session, order, row.param_key)
    await begin(session, order, SET, data={"key": row.param_key})
    text = phrase(order, "values.ask", name=called(parameter), value=_value(order, parameter))
    return told(order, text, way_back(order))


async def write(session: AsyncSession, order: Order) -> Response:
    """The new value, or another change altogether; 確定 in words counts as the button."""
    dialog = await current(session, order, SET)
    if dialog is None:
        return expired(order)
    if order.role is not Role.OWNER:
        return told(order, phrase(order, "owner.owners_only"), *ways_out(order))
    if dialog.data.get("draft") and says_yes(order.argument):
        return await _apply(session, order, dialog.data, answers=False)
    if dialog.data.get("draft") and says_no(order.argument):
        await end(session, order)
        return told(order, phrase(order, "owner.cancelled"), *ways_out(order))
    return await _propose(session, order, order.prepared)


async def _propose(session: AsyncSession, order: Order, looked: Looked) -> Response:
    """Show what is about to change, or say what isn't clear."""
    proposal = looked.proposal
    if proposal is None:
        choices = looked.near or looked.all
        if not choices:
            return told(order, phrase(order, "values.none"), *ways_out(order))
        ids = {row.param_key: row.id for row in await _rows(session, order)}
        buttons = [button(order.bot, called(one), SET, str(ids[one.key])) for one in choices if one.key in ids]
        key = "values.which" if looked.near else "values.unknown"
        return told(order, phrase(order, key, name=looked.name), *buttons[:MOST_OFFERED], way_back(order))
    name = called(proposal.now)
    if proposal.new is None:
        await begin(session, order, SET, data={"key": proposal.now.key})
        text = phrase(order, f"values.bad_{proposal.problem}", name=name, value=looked.value[:40])
        return told(order, text, way_back(order))
    if proposal.new.value == proposal.now.value:
        await end(session, order)
        value = _value(order, proposal.now)
        return told(order, phrase(order, "values.same", name=name, value=value), *ways_out(order))
    return await _confirm(session, order, proposal, key="values.confirm")


async def _confirm(session: AsyncSession, order: Order, proposal: Proposal, *, key: str) -> Response:
    """Old and new beside each other, with what customers would read then."""
    now, new, draft = proposal.now, proposal.new or proposal.now, new_draft()
    data: dict[str, Any] = {
        "key": now.key,
        "before": now.value,
        "value": new.value,
        "sample": proposal.sample,
        "draft": draft,
    }
    data["stale"] = [entry_id for entry_id, _ in proposal.stale]
    await begin(session, order, SET, data=data)
    rows: list[str | tuple[str, str]] = [
        (phrase(order, "values.old"), _value(order, now)),
        (phrase(order, "values.new"), _value(order, new)),
    ]
    if proposal.sample:
        rows.append((phrase(order, "values.sample"), proposal.sample))
    buttons = [button(order.bot, phrase(order, "owner.yes"), SET, f"{YES}:{draft}")]
    if proposal.stale:
        named = "\n".join(question for _, question in proposal.stale[:MOST_NAMED])
        rows.append(phrase(order, "values.stale", count=len(proposal.stale), value=_value(order, now), named=named))
        buttons.insert(0, button(order.bot, phrase(order, "values.yes_and_answers"), SET, f"{ALL}:{draft}"))
    card = bubble(phrase(order, key, name=called(now)), rows=rows, buttons=(*buttons, way_back(order)))
    return shown(order, card)


async def _apply(session: AsyncSession, order: Order, data: dict[str, Any], *, answers: bool) -> Response:
    """Let the confirmed change count, unless the value isn't any more what it was when it was shown.

    With `answers`, those that write out the old value follow the parameter from now on.
    """
    key, before, value = str(data["key"]), str(data["before"]), str(data["value"])
    vendor = await begin_change(session, principal(order), order.bot.vendor_id)
    rows = {row.param_key: row for row in await _rows(session, order)}
    row = rows.get(key)
    if row is None or not row.is_active:
        await end(session, order)
        return told(order, phrase(order, "values.gone"), tap(order, "values.list", VALUES), *ways_out(order))
    now = await _parameter(session, order, key)
    if row.param_value != before:
        proposal = Proposal(now, replace(now, value=value), sample=str(data.get("sample", "")))
        return await _confirm(session, order, proposal, key="values.changed_meanwhile")
    followed = await _let_follow(session, order, now, data.get("stale", ())) if answers else 0
    earlier = fields_of(row)
    item = NewParameter(
        row.category, key, value, now.type, display_name=row.display_name, description=row.description, unit=row.unit
    )
    write_parameters(session, vendor, [item], rows=rows, now=order.incoming.now)
    await session.flush()
    await record(session, row, author_of(order), before=earlier, now=order.incoming.now, action=Action.UPDATED)
    await end(session, order)
    new = replace(now, value=value)
    text = phrase(order, "values.done", name=called(now), old=_value(order, now), new=_value(order, new))
    if followed:
        text = "\n".join([text, phrase(order, "values.answers_too", count=followed)])
    if data.get("sample"):
        text = "\n".join([text, phrase(order, "values.from_now_on", answer=data["sample"])])
    return told(order, text, tap(order, "values.list", VALUES), tap(order, "menu.preview", "preview"), *ways_out(order))


async def _let_follow(session: AsyncSession, order: Order, now: Parameter, entry_ids: Sequence[int]) -> int:
    """Put the parameter in place of its value in these answers, and say in how many."""
    count = 0
    for entry_id in entry_ids:
        try:
            entry = await entry_row(session, principal(order), entry_id)
        except EntryNotFound:
            continue
        answer = linked(entry.answer, {now.key: now}, topic=entry.question_summary)
        if answer.keys and entry.vendor_id == order.bot.vendor_id:
            given = {"answer": answer.answer}
            await editing.update(session, author_of(order), entry_id, given=given, now=order.incoming.now)
            count += 1
    return count


async def _look_at_sentence(tools: Tools, errand: Errand) -> Looked | None:
    asked = read_value_change(errand.argument)
    return await _look(tools, errand, asked) if asked is not None else None


async def _look_at_text(tools: Tools, errand: Errand) -> Looked:
    """A further sentence that asks for a change, or the value of the dialog's parameter."""
    data = errand.dialog.data if errand.dialog is not None else {}
    asked, text = read_value_change(errand.argument), errand.argument.strip()
    if asked is not None:
        looked = await _look(tools, errand, asked)
        if looked.proposal is not None:
            return looked
    return await _look(tools, errand, ValueChange(str(data.get("key", "")), text), key=str(data.get("key", "")))


async def _look(tools: Tools, errand: Errand, asked: ValueChange, *, key: str | None = None) -> Looked:
    """Find the parameter and see whether it can have the value."""
    async with tools.database.reading() as session:
        known = await parameters_of(session, principal_of(errand.bot), errand.bot.vendor_id)
    given = next((one for one in known if one.key == key), None)
    meant = Meant(given) if given is not None else find_meant(asked.name, known)
    if meant.parameter is None:
        return Looked(asked.name, asked.value, near=meant.near, all=tuple(known))
    try:
        value = check(asked.value, meant.parameter.type, meant.parameter.unit)
    except InvalidValue:
        problem = Proposal(meant.parameter, problem=meant.parameter.type.value)
        return Looked(asked.name, asked.value, problem)
    new = replace(meant.parameter, value=value)
    index = await index_of(tools, errand)
    sample = await asyncio.to_thread(sample_answer, index, new)
    stale = await asyncio.to_thread(writing_out, index.entries, meant.parameter)
    known_as = tuple((entry.id, entry.question) for entry in stale[:MOST_STALE])
    return Looked(asked.name, asked.value, Proposal(meant.parameter, new, sample=sample, stale=known_as))


def sample_answer(index: Index, new: Parameter) -> str:
    """What customers would read where the value is said; "" where no entry says it."""
    parameters = {**index.parameters, new.key: new}
    naming = [entry for entry in index.entries if new.key in keys_in(entry.answer)]
    found = index.search(called(new), None, audience=Audience.ALL, limit=LOOKED_AT)
    entries = {entry.id: entry for entry in (*naming[:LOOKED_AT], *(hit.entry for hit in found))}
    for entry in entries.values():
        for material in resolve([Hit(entry, 0.0, 0.0)], parameters):
            if new.key in material.values:
                return material.text
    return ""


async def _rows(session: AsyncSession, order: Order) -> list[VendorParameter]:
    return await parameter_rows(session, principal(order), order.bot.vendor_id)


async def _parameter(session: AsyncSession, order: Order, key: str) -> Parameter:
    known = await parameters_of(session, principal(order), order.bot.vendor_id)
    return next(one for one in known if one.key == key)


def _value(order: Order, parameter: Parameter) -> str:
    return written(parameter) or phrase(order, "values.empty")


def _card(order: Order, rows: Sequence[VendorParameter], by_key: dict[str, Parameter]) -> dict[str, Any]:
    """A handful of parameters with their values."""
    lines = [(called(by_key[row.param_key]), _value(order, by_key[row.param_key])) for row in rows]
    buttons: list[PostbackAction] = []
    if order.role is Role.OWNER:
        for row in rows:
            label = phrase(order, "values.change", name=called(by_key[row.param_key]))
            buttons.append(button(order.bot, label, SET, str(row.id)))
    return bubble(phrase(order, "values.title"), rows=lines, buttons=buttons)
