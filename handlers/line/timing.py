"""How long things may take in a chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Measured from a webhook's arrival, since a reply token lives about a minute from then.

    After `patience` the token is spent on a button that fetches the answer later. An event that is worked on
    only then still gets `last_chance`, until `latest`. `opener` is how long a text that only opens a
    question waits for the rest of it.
    """

    patience: timedelta = timedelta(seconds=40)
    last_chance: timedelta = timedelta(seconds=3)
    latest: timedelta = timedelta(seconds=50)
    opener: timedelta = timedelta(seconds=4)

    def time_for_answer(self, age: timedelta) -> timedelta | None:
        """How long an event of this age may still wait for its answer; None where its token can't be relied on."""
        if age >= self.latest:
            return None
        return max(self.patience - age, min(self.last_chance, self.latest - age))
