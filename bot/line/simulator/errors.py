"""What can be wrong with a step that a person or a test asks of the simulated platform."""

from __future__ import annotations

from bot.errors import BadRequest, Conflict, NotFound


class UnknownThing(NotFound):
    """No such channel, user, group, message or attempt."""

    code = "unknown"


class ImpossibleStep(Conflict):
    """The LINE app would not let a person do that, such as writing to an account they block."""

    code = "impossible_step"


class InvalidStep(BadRequest):
    """The step's values are outside what the LINE app allows."""

    code = "invalid_step"
