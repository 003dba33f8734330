"""The states of an event."""

from __future__ import annotations

from bot.line.events import FINAL_STATES, OPEN_STATES, EventState


def test_every_state_is_either_open_or_final() -> None:
    assert set(EventState) == OPEN_STATES | FINAL_STATES
    assert not OPEN_STATES & FINAL_STATES
    assert {str(state) for state in OPEN_STATES} == {"received", "working"}
