from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from handlers.line.router import Filter, Router


def asking(router: Router, incoming: Any, situation: Any = None) -> str | None:
    found = router.match(incoming, situation)
    return found.name if found is not None else None


def number(accepts: Callable[[int], bool]) -> Filter:
    """A filter of numbers, which stand for events here."""
    return lambda incoming, _: accepts(cast("int", incoming))


async def nothing(_session: Any, _turn: Any) -> Any:
    raise AssertionError("only matching is tested here")


def test_the_first_behaviour_whose_filters_all_agree_takes_an_event() -> None:
    router = Router()
    router.on("even", nothing, number(lambda one: one % 2 == 0))
    router.on("large_even", nothing, number(lambda one: one > 10), number(lambda one: one % 2 == 0))
    router.on("large", nothing, number(lambda one: one > 10))
    assert [asking(router, number) for number in (4, 12, 13, 3)] == ["even", "even", "large", None]


def test_an_included_router_is_asked_in_its_place() -> None:
    inner, router = Router(), Router()
    inner.on("inner", nothing, number(lambda one: one == 1))
    router.on("first", nothing, number(lambda one: one == 0))
    router.include(inner)
    router.on("rest", nothing)
    assert [asking(router, number) for number in (0, 1, 2)] == ["first", "inner", "rest"]
