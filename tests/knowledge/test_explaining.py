from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tenancy.principal import PLATFORM
from knowledge import repository
from knowledge.engine import Question
from knowledge.entries import Audience
from knowledge.explaining import Explanation, Search, Verdict, explain, left_out, matched_words
from tests.knowledge.conftest import MakeEngine, Shops


async def explained(shops: Shops, make_engine: MakeEngine, text: str, *, top_k: int = 5) -> Explanation:
    async with shops.database.reading() as session:
        vendor = await repository.vendor_card(session, PLATFORM, shops.vendors["ANJU"])
    assert vendor is not None
    search = Search(text, Audience.RENTER, top_k)
    return await explain(make_engine(None).library, shops.rental, vendor, search=search)


async def test_the_signals_make_up_the_score(shops: Shops, make_engine: MakeEngine) -> None:
    for reasons in (await explained(shops, make_engine, "押金要付多少")).reasons:
        shares = [signal.share for signal in reasons.signals.values() if signal.share is not None]
        assert len(shares) == 4
        assert sum(shares) == pytest.approx(1, abs=0.001)


async def test_it_finds_what_the_engine_answers_from(shops: Shops, make_engine: MakeEngine) -> None:
    best = (await explained(shops, make_engine, "押金要付多少")).reasons[0]
    answer = await make_engine(None).answer(shops.rental, Question(shops.vendors["ANJU"], "押金要付多少"))
    assert best.verdict is Verdict.SURE
    assert best.hit.entry.id == answer.sources[0].id
    assert any(word.startswith("押金") for word in best.matched)


async def test_each_question_of_a_message_has_its_own_entry(shops: Shops, make_engine: MakeEngine) -> None:
    reasons = (await explained(shops, make_engine, "押金要付多少？可以養寵物嗎？")).reasons
    assert {reasons.part for reasons in reasons[:2]} == {"押金要付多少？", "可以養寵物嗎？"}


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("押金要付多少", "押金為兩個月", ("押金",)),
        ("請問可以養貓嗎", "養寵物：貓、狗", ("養", "貓")),
        ("What about WiFi passwords?", "wifi 的 Password", ("WiFi", "passwords")),
        ("停車", "押金", ()),
        ("", "押金", ()),
    ],
)
def test_the_words_that_match_are_told_as_they_were_written(question: str, text: str, words: tuple[str, ...]) -> None:
    assert matched_words(question, text) == words


@pytest.mark.parametrize(
    ("answer", "said", "missing"),
    [
        ("每月{{day}}繳。逾期{{fee}}。", "每月5號繳。", ("逾期{{fee}}。",)),
        ("逾期{{fee}}。每月{{day}}繳。", "每月5號繳。", ("逾期{{fee}}。",)),
        ("租金每月5號繳。管理費每月6號繳。電費另計。", "租金每月3號繳。電費另計。", ("管理費每月6號繳。",)),
        ("一。二。", "", ("一。", "二。")),
        ("一。二。", "一。二。", ()),
        ("", "", ()),
    ],
)
def test_the_sentences_that_are_missing_are_told(answer: str, said: str, missing: tuple[str, ...]) -> None:
    assert left_out(answer, said) == missing


@given(sentences=st.lists(st.sampled_from("押租水電養貓停車報修"), max_size=8, unique=True), keep=st.integers(0, 255))
def test_what_is_kept_and_what_is_missing_make_the_whole(sentences: list[str], keep: int) -> None:
    kept = [one for at, one in enumerate(sentences) if keep >> at & 1]
    missing = left_out("".join(f"{one}。" for one in sentences), "".join(f"{one}。" for one in kept))
    assert missing == tuple(f"{one}。" for one in sentences if one not in kept)
