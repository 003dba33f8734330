from __future__ import annotations

import re

import pytest

from bot.texts import Language, catalogue
from handlers.line.doctor import CODES, Level, found, is_healthy
from handlers.line.doctor.probing import answer_times
from tests.support.code import ROOT


@pytest.mark.parametrize("language", Language)
def test_every_code_has_its_sentence_and_every_bad_one_its_remedy(language: Language) -> None:
    known = {name.removeprefix("doctor.") for name in catalogue(language) if name.startswith("doctor.")}
    wanted = set(CODES) | {f"{code}_mend" for code, (_, level) in CODES.items() if level is not Level.OK}
    assert known == wanted


def test_only_a_problem_is_unhealthy() -> None:
    codes = {level: code for code, (_, level) in CODES.items()}
    assert [is_healthy([found(codes[level])]) for level in Level] == [True, True, True, False]


def test_every_code_is_explained_to_users_of_the_api() -> None:
    page = (ROOT / "docs/api/channels.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\w+) \|", page, re.MULTILINE)
    of_channels = {
        code: end for code, end in CODES.items() if end[0] not in {"settings", "database", "redis", "own_channels"}
    }
    assert {code: (check, level) for check, code, level in rows} == of_channels


@pytest.mark.parametrize("text", ["", "nonsense {", "# TYPE other counter\nother_total 1.0\n"])
def test_metrics_that_tell_nothing_of_webhooks(text: str) -> None:
    assert answer_times(text) is None
