"""Why a question set can't be evaluated."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import BadRequest, NotFound


class QuestionSetRefused(BadRequest):
    """The file holds rows that can't be asked; the message has one sentence for each, with its line."""

    code = "question_set_refused"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NoSuchVendor(NotFound):
    """A vendor that was asked for isn't there, is switched off, or can't be told from another."""

    code = "no_such_vendor"


class NothingToAsk(BadRequest):
    """No question of the set is for any of the vendors."""

    code = "nothing_to_ask"
