"""Which vendors are asked which questions."""

from __future__ import annotations

import uuid

import pytest

from bot.errors import PlatformError
from knowledge.evaluation.choosing import assigned, chosen, shop_called
from knowledge.evaluation.errors import NoSuchVendor, NothingToAsk, QuestionSetRefused
from knowledge.evaluation.repository import Shop
from knowledge.evaluation.sets import Case, Expectation


def shop(number: int, code: str, *, is_active: bool = True) -> Shop:
    return Shop(number, uuid.uuid4(), code, code.title(), is_active)


def case(*vendors: str, line: int = 2) -> Case:
    return Case(line, f"問題 {line}", Expectation(), vendors=vendors)


A, B, OFF, TWIN = shop(1, "ANJU"), shop(2, "HAOSHI"), shop(3, "OLD", is_active=False), shop(4, "ANJU")


@pytest.mark.parametrize(("name", "found"), [("HAOSHI", B), ("2", B), ("4", TWIN)])
def test_a_vendor_is_named_by_code_or_id(name: str, found: Shop) -> None:
    assert shop_called(name, [A, B, TWIN]) == found


@pytest.mark.parametrize(
    ("name", "said"),
    [("ANJU", "ANJU (id 1), ANJU (id 4)"), ("NOBODY", "no vendor 'NOBODY'"), ("OLD", "switched off"), ("haoshi", "no")],
)
def test_a_name_that_is_not_one_active_vendors_is_refused(name: str, said: str) -> None:
    with pytest.raises(NoSuchVendor, match=said.replace("(", r"\(").replace(")", r"\)")):
        shop_called(name, [A, B, OFF, TWIN])


def test_everybody_is_everybody_active() -> None:
    assert chosen([A, B, OFF], (), [case()], everybody=True) == [A, B]
    with pytest.raises(NoSuchVendor):
        chosen([OFF], (), [case()], everybody=True)


def test_without_a_word_it_is_whom_the_set_names_or_the_only_one() -> None:
    assert chosen([A, B], (), [case("HAOSHI"), case("2")], everybody=False) == [B]
    assert chosen([A, OFF], (), [case()], everybody=False) == [A]
    with pytest.raises(NothingToAsk, match="--vendor"):
        chosen([A, B], (), [case("HAOSHI"), case()], everybody=False)


def test_each_vendor_is_asked_its_own_questions_and_everybodys() -> None:
    first, second, shared = case("ANJU"), case("2", "ANJU", line=3), case(line=4)
    cases = [first, second, shared]
    assert assigned(cases, [A, B], [A, B]) == {A: [first, second, shared], B: [second, shared]}
    assert assigned([first], [A, B], [A, B]) == {A: [first]}


def test_rows_that_name_nobody_are_refused_where_everybody_is_asked() -> None:
    with pytest.raises(QuestionSetRefused, match="line 7: vendor: there is no vendor 'NOBODY'"):
        assigned([case("NOBODY", line=7)], [A, B], [A, B])


@pytest.mark.parametrize("cases", [[case("ANJU")], [case("NOBODY")]])
def test_a_vendor_whom_nothing_is_asked_is_an_error(cases: list[Case]) -> None:
    with pytest.raises(PlatformError, match=r"None of the questions is for HAOSHI \(id 2\)"):
        assigned(cases, [B], [A, B])
