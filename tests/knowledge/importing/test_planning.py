from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from knowledge.importing.planning import Fate, Policies, kept, plan
from knowledge.repository.import_rows import Decision, LightRow, RowState

ADD, REPLACE, SKIP = Decision.ADD, Decision.REPLACE, Decision.SKIP
REPLACING = Policies(REPLACE, REPLACE)


def row(
    number: int, state: str = "new", *, entry: int | None = None, other: int | None = None, decided: str | None = None
) -> LightRow:
    meets: list[dict[str, Any]] = [{"entry": entry, "row": other}] if entry or other else []
    return LightRow(number, number, RowState(state), Decision(decided) if decided else None, meets)


def test_new_rows_are_added_and_all_others_left_out_unless_told_otherwise() -> None:
    rows = [row(1), row(2, "duplicate", entry=7), row(3, "conflict", entry=8), row(4, "error")]
    assert plan(rows, Policies()) == {1: Fate(ADD), 2: Fate(SKIP), 3: Fate(SKIP), 4: Fate(SKIP)}


def test_policies_decide_by_the_rows_state() -> None:
    rows = [row(1, "duplicate", entry=7), row(2, "conflict", entry=8)]
    assert plan(rows, Policies(REPLACE, ADD)) == {1: Fate(REPLACE, 7), 2: Fate(ADD)}


def test_what_a_person_decided_comes_before_the_policy() -> None:
    rows = [row(1, decided="skip"), row(2, "conflict", entry=8, decided="replace"), row(3, "error", decided="add")]
    assert plan(rows, Policies()) == {1: Fate(SKIP), 2: Fate(REPLACE, 8), 3: Fate(ADD)}


def test_a_row_takes_the_place_of_the_row_before_it() -> None:
    assert plan([row(1), row(2, "conflict", other=1)], REPLACING) == {1: Fate(SKIP), 2: Fate(ADD)}


def test_a_row_inherits_the_entry_that_the_row_before_it_would_have_replaced() -> None:
    rows = [row(1, "conflict", entry=7), row(2, "conflict", other=1), row(3, "conflict", other=2)]
    assert plan(rows, REPLACING) == {1: Fate(SKIP), 2: Fate(SKIP), 3: Fate(REPLACE, 7)}


def test_of_two_rows_for_one_entry_the_later_one_gets_it() -> None:
    rows = [row(1, "conflict", entry=7), row(2, "conflict", entry=7)]
    assert plan(rows, REPLACING) == {1: Fate(SKIP), 2: Fate(REPLACE, 7)}


def test_a_row_whose_forerunner_was_left_out_is_added() -> None:
    assert plan([row(1, decided="skip"), row(2, "conflict", other=1)], REPLACING)[2] == Fate(ADD)


@st.composite
def files(draw: st.DrawFn) -> list[LightRow]:
    rows = []
    for number in range(1, draw(st.integers(1, 12))):
        entry = draw(st.none() | st.integers(1, 4))
        other = draw(st.integers(1, number - 1)) if number > 1 and entry is None and draw(st.booleans()) else None
        state = draw(st.sampled_from(["duplicate", "conflict"])) if entry or other else "new"
        decided = draw(st.none() | st.sampled_from(["add", "replace", "skip"]))
        rows.append(row(number, state, entry=entry, other=other, decided=decided))
    return rows


@given(files(), st.sampled_from([SKIP, REPLACE]), st.sampled_from([SKIP, REPLACE, ADD]))
def test_every_row_has_one_fate_and_no_entry_two_rows(
    rows: list[LightRow], duplicates: Decision, conflicts: Decision
) -> None:
    fates = plan(rows, Policies(duplicates, conflicts))
    assert list(fates) == [one.number for one in rows]
    replaced = [fate.entry for number in kept(fates) if (fate := fates[number]).entry is not None]
    assert len(replaced) == len(set(replaced))
