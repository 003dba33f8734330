from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entries import Audience, Entry, Scope
from knowledge.parameters import Parameter
from knowledge.retrieval.fusion import HARDLY_ANYTHING, SLIGHT
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


def test_an_entry_asked_for_in_its_very_words_is_sure() -> None:
    hit = search(index_over(PETS, PAYMENT), "請問可以養寵物嗎？？")[0]
    assert hit.entry is PETS
    twice = index_over(PETS, Entry(6, Scope.GLOBAL, PETS.question, "要看房東。"))
    assert min(one.confidence for one in search(twice, "可以養寵物嗎")) > 0.9


def test_a_placeholder_is_found_by_its_value_too() -> None:
    hours = Entry(7, Scope.VENDOR, "營業時間", "{{hours}}，{{closed}}公休。")
    values = {"hours": "週二至週日", "closed": "週一"}
    parameters = {key: Parameter(key, value, display_name="時間") for key, value in values.items()}
    index = Index([PETS, PAYMENT, hours], [None] * 3, parameters)
    assert search(index, "星期一有開嗎")[0].entry is hours


def test_an_entry_that_serves_the_messages_intent_wins_over_one_that_fits_as_well() -> None:
    first, serving = (Entry(at, Scope.VENDOR, PAYMENT.question, PAYMENT.answer, intents=(at,)) for at in (8, 9))
    index = index_over(first, serving)
    assert search(index, "繳費日期")[0].entry is first
    hits = index.search("繳費日期", None, audience=Audience.RENTER, limit=1, favoured=[9, 404])
    assert [hit.entry for hit in hits] == [serving]


def test_no_intent_lifts_an_entry_over_a_clearly_better_one() -> None:
    serving = Entry(9, Scope.VENDOR, "繳費方式", "轉帳。", intents=(9,))
    index = index_over(PAYMENT, serving)
    hits = index.search("每月繳費日期", None, audience=Audience.RENTER, limit=2, favoured=[9])
    assert hits[0].entry is PAYMENT


def test_a_curated_entry_wins_over_one_that_fits_as_well() -> None:
    curated = Entry(8, Scope.GLOBAL, PAYMENT.question, PAYMENT.answer, is_curated=True)
    assert search(index_over(PAYMENT, curated), "繳費日期")[0].entry is curated


def test_only_as_many_as_asked_for_come_back_best_first() -> None:
    index = index_over(*(Entry(at, Scope.VENDOR, f"繳費日期{at}" * (at + 1), "五號") for at in range(30)))
    three = index.search("繳費日期", None, audience=Audience.RENTER, limit=3)
    scores = [hit.score for hit in index.search("繳費日期", None, audience=Audience.RENTER, limit=100)]
    assert [hit.score for hit in three] == scores[:3] == sorted(scores, reverse=True)[:3]


def test_an_empty_index_finds_nothing() -> None:
    assert search(index_over(), "押金") == []


def sure_of(question: str) -> list[float]:
    """How sure the one entry is, whose vector is the question's own."""
    entry = Entry(1, Scope.VENDOR, "可以養寵物嗎？", "不能飼養寵物。", keywords="毛小孩")
    vector = np.array([1, 0], dtype=np.float32)
    hits = Index([entry], [np.stack([vector, vector])]).search(question, vector, audience=Audience.RENTER, limit=5)
    return [round(hit.confidence, 4) for hit in hits]


@pytest.mark.parametrize("question", ["xyz", "abc", "喔"])
def test_what_says_hardly_anything_finds_nothing_surely(question: str) -> None:
    assert sure_of(question) == [HARDLY_ANYTHING]


@pytest.mark.parametrize("question", ["?", ""])
def test_what_says_nothing_finds_nothing(question: str) -> None:
    assert sure_of(question) == []


@pytest.mark.parametrize("question", ["pets", "確定"])
def test_a_word_that_no_entry_holds_finds_what_is_probably_meant(question: str) -> None:
    assert sure_of(question) == [SLIGHT]


@pytest.mark.parametrize(
    "question", ["寵物", "養貓", "毛小孩", "Can I keep a dog or a cat here?", "Do you allow pets?"]
)
def test_words_that_an_entry_holds_and_whole_questions_are_as_sure_as_their_vectors(question: str) -> None:
    assert sure_of(question)[0] > 0.95


def test_an_entry_asked_for_in_its_very_words_is_sure_however_little_they_say() -> None:
    entry = Entry(1, Scope.VENDOR, "你是誰", "我是小幫手。")
    assert search(index_over(PETS, entry), "你是誰？")[0].confidence > 0.9
