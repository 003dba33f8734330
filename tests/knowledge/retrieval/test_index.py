from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entries import Audience, Entry, Scope
from knowledge.parameters import Parameter
from knowledge.retrieval.index import Hit, Index


def index_over(*entries: Entry) -> Index:
    return Index(entries, [None] * len(entries))


def search(index: Index, question: str, audience: Audience = Audience.RENTER) -> list[Hit]:
    return index.search(question, None, audience=audience, limit=5)


PAYMENT = Entry(1, Scope.GLOBAL, "每月繳費日期", "每月 5 號前繳費。")
PETS = Entry(2, Scope.GLOBAL, "可以養寵物嗎", "不可以。", keywords="貓 狗")


@pytest.mark.parametrize("question", ["請問繳費日期是？", "缴费日期", "繳費日期!!!", "每月幾號繳費"])
def test_the_entry_that_speaks_of_it_comes_first(question: str) -> None:
    assert search(index_over(PETS, PAYMENT), question)[0].entry is PAYMENT


def test_keywords_count_as_part_of_the_question() -> None:
    assert search(index_over(PAYMENT, PETS), "貓")[0].entry is PETS


def test_a_vendors_own_entry_wins_over_a_shared_one_that_fits_as_well() -> None:
    own = Entry(3, Scope.VENDOR, PAYMENT.question, PAYMENT.answer)
    assert search(index_over(PAYMENT, own), "繳費日期")[0].entry is own


def test_an_entry_for_staff_is_not_shown_to_renters() -> None:
    staff = Entry(4, Scope.GLOBAL, "催繳流程", "先致電。", audience=Audience.STAFF)
    index = index_over(staff, PAYMENT)
    assert all(hit.entry is not staff for hit in search(index, "催繳流程"))
    assert search(index, "催繳流程", Audience.STAFF)[0].entry is staff


def test_a_placeholder_is_found_by_the_name_of_its_value() -> None:
    entry = Entry(5, Scope.VENDOR, "聯絡我們", "請撥 {{phone}}。")
    parameters = {"phone": Parameter("phone", "02-2345-6789", display_name="客服專線")}
    index = Index([PETS, entry], [None, None], parameters)
    assert search(index, "客服專線")[0].entry is entry


def test_what_fits_is_told_from_what_does_not() -> None:
    index = index_over(PETS, PAYMENT)
    assert search(index, "每月繳費日期是什麼時候")[0].confidence > 0.5
    assert all(hit.confidence < 0.5 for hit in search(index, "附近有好吃的餐廳嗎"))


@given(st.text(max_size=60))
def test_no_question_breaks_the_search(question: str) -> None:
    for hit in search(index_over(PETS, PAYMENT), question):
        assert 0 <= hit.confidence <= 1


def test_an_empty_index_finds_nothing() -> None:
    assert search(index_over(), "押金") == []
