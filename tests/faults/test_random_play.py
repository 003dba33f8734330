"""Whatever people do in whatever order: each gets their own answers, once, and nobody else's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.outbox import runner
from handlers.line.timing import Timing
from tests.faults.conftest import Sizes
from tests.faults.playing import Town, repeating_engine
from tests.support.databases import copy_sqlite
from tests.support.running import running

# What takes longer than this is fetched by a button, and a question that is only opened is waited for shortly.
HURRIED = Timing(patience=timedelta(seconds=0.25), last_chance=timedelta(seconds=0.05), opener=timedelta(seconds=0.05))


@pytest.mark.timeout(900)
async def test_random_play_leaves_every_event_answered_rightly(
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sizes: Sizes,
    figure: Callable[[str], None],
) -> None:
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 0.05)
    plays, steps = sizes.plays
    ends: Counter[str] = Counter()
    for seed in range(plays):
        url = copy_sqlite(sqlite_template, tmp_path / f"{seed}.db")
        async with running(url, tmp_path, timing=HURRIED) as started:
            town = await Town.founded(started, seed)
            with monkeypatch.context() as patched:
                repeating_engine(patched, town)
                await town.play(steps)
            await town.check()
            ends.update(f"{state} {reason or ''}".strip() for state, reason in await started.ends())
    counted = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    figure(f"{plays} random plays of {steps} steps, every event once: {counted}")
