"""What becomes of each row of an import, by what it meets and what was decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.repository.import_rows import Decision, LightRow, RowState


@dataclass(frozen=True, slots=True)
class Policies:
    """What is done with rows that nobody decided about: `ADD` is not for duplicates."""

    duplicates: Decision = Decision.SKIP
    conflicts: Decision = Decision.SKIP


@dataclass(frozen=True, slots=True)
class Fate:
    """What is done with a row; with `entry` it takes that entry's place."""

    action: Decision
    entry: int | None = None


SKIPPED = Fate(Decision.SKIP)


def plan(rows: Iterable[LightRow], policies: Policies) -> dict[int, Fate]:
    """The fate of each row, by its number, in their order.

    A row that is to replace takes the place of the entry that it is most like, or of the row before
    that it is most like; with neither it is added. Of two rows for one place the later one gets it.
    """
    fates: dict[int, Fate] = {}
    holders: dict[int, int] = {}
    for row in rows:
        action = _action(row, policies)
        if action is not Decision.REPLACE:
            fates[row.number] = Fate(action)
            continue
        fate = _place(row, fates)
        if fate.entry is not None and (holder := holders.get(fate.entry)) is not None:
            fates[holder] = SKIPPED
        if fate.entry is not None:
            holders[fate.entry] = row.number
        fates[row.number] = fate
    return fates


def kept(fates: Mapping[int, Fate]) -> list[int]:
    """The numbers of the rows that are not left out."""
    return [number for number, fate in fates.items() if fate.action is not Decision.SKIP]


def _action(row: LightRow, policies: Policies) -> Decision:
    by_state = {
        RowState.NEW: Decision.ADD, RowState.DUPLICATE: policies.duplicates, RowState.CONFLICT: policies.conflicts,
    }  # fmt: skip
    return row.decided or by_state.get(row.state, Decision.SKIP)


def _place(row: LightRow, fates: dict[int, Fate]) -> Fate:
    """Whose place a row takes; a row before it that loses its place is left out."""
    met = row.meets[0] if row.meets else {}
    if met.get("entry") is not None:
        return Fate(Decision.REPLACE, met["entry"])
    earlier = fates.get(met.get("row", 0), SKIPPED)
    if earlier.action is Decision.SKIP:
        return Fate(Decision.ADD)
    fates[met["row"]] = SKIPPED
    return earlier
