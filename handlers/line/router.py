"""Which behaviour deals with an event: the first whose filters all say yes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.line.repository import ContactRow
from handlers.line.responses import Incoming, Response
from handlers.line.situation import Situation

Filter = Callable[[Incoming, Situation], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An event in the transaction of its effects. `prepared` is what the behaviour found out before."""

    incoming: Incoming
    situation: Situation
    contact: ContactRow
    prepared: Any = None


Respond = Callable[[AsyncSession, Turn], Awaitable[Response]]
Prepare = Callable[[Incoming, Situation], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What is done about one kind of event.

    `prepare` does what is slow, with no transaction open: what it gives back is either a Response that ends
    the matter, or goes to `respond`. That has the event's effects in one transaction and says what to answer.
    """

    name: str
    respond: Respond
    prepare: Prepare | None = None
    filters: tuple[Filter, ...] = ()

    def takes(self, incoming: Incoming, situation: Situation) -> bool:
        return all(accepts(incoming, situation) for accepts in self.filters)


class Router:
    """Behaviours in the order in which they are asked."""

    def __init__(self) -> None:
        self._behaviours: list[Behaviour] = []

    def on(self, name: str, respond: Respond, *filters: Filter, prepare: Prepare | None = None) -> None:
        """Ask this behaviour after all that were added before it."""
        self._behaviours.append(Behaviour(name=name, respond=respond, prepare=prepare, filters=filters))

    def include(self, router: Router) -> None:
        """Ask another router's behaviours, in their order."""
        self._behaviours.extend(router._behaviours)

    def match(self, incoming: Incoming, situation: Situation) -> Behaviour | None:
        """The behaviour that deals with the event; None where nobody does."""
        return next((one for one in self._behaviours if one.takes(incoming, situation)), None)
