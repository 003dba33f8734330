from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.intents.classifier import Classification, Classifier, Example
from knowledge.intents.features import parts_of
from tests.support.encoder import shared_encoder

PAYING, MOVING_OUT, REPAIR, PETS = 11, 22, 33, 44
SAID = {
    PAYING: ["租金什麼時候要繳", "每個月幾號繳房租", "房租可以刷卡嗎", "怎麼匯房租給你們", "這個月的租金還沒繳"],
    MOVING_OUT: ["我要退租", "想提前解約搬走", "退租要怎麼辦理", "下個月不租了", "搬走之前要多久通知"],
    REPAIR: ["冷氣壞了", "浴室漏水", "馬桶不通了", "熱水器沒有熱水", "燈不會亮可以請人來修嗎"],
    PETS: ["可以養狗嗎", "房間能不能養貓", "有寵物可以租嗎", "養寵物要加錢嗎", "想帶貓入住"],
}
EXAMPLES = [Example(text, (intent,)) for intent, texts in SAID.items() for text in texts]


def learned(examples: Sequence[Example] = EXAMPLES) -> Classifier:
    return Classifier.learn(examples, shared_encoder().encode([example.text for example in examples]))


def told(classifier: Classifier, text: str) -> Classification:
    return classifier.classify(text, shared_encoder().encode(parts_of(text)))


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return learned()


@pytest.fixture(scope="module")
def words_alone() -> Classifier:
    return Classifier.learn(EXAMPLES, None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("請問房租幾號以前要付", PAYING), ("我不想繼續租了", MOVING_OUT), ("冰箱不會冷", REPAIR), ("我有一隻柴犬", PETS)],
)
def test_an_intent_is_learned_from_five_examples(classifier: Classifier, text: str, intent: int) -> None:
    assert told(classifier, text).ranked[0][0] == intent


def test_two_intents_in_one_message_are_both_found(classifier: Classifier) -> None:
    chosen = told(classifier, "我要退租，另外浴室漏水還沒修").chosen
    assert {intent for intent, _ in chosen} == {MOVING_OUT, REPAIR}


def test_one_intent_is_not_made_into_two(classifier: Classifier) -> None:
    assert [intent for intent, _ in told(classifier, "您好，請問可以養狗嗎？謝謝").chosen] == [PETS]


@pytest.mark.parametrize("text", ["幫我查明天台北飛東京的機票", "今天股市收盤多少點", "推薦一部好看的電影"])
def test_a_message_about_something_else_is_out_of_scope(classifier: Classifier, text: str) -> None:
    assert told(classifier, text).in_scope < 0.5
    assert not told(classifier, text).chosen


def test_what_the_examples_are_about_is_in_scope(classifier: Classifier) -> None:
    assert told(classifier, "房租可以用刷卡繳嗎").in_scope > 0.5


def test_it_works_without_vectors(words_alone: Classifier) -> None:
    assert words_alone.classify("房租要在哪裡繳", None).ranked[0][0] == PAYING
    assert words_alone.classify("浴室的燈壞了", None).ranked[0][0] == REPAIR


def test_a_name_alone_is_better_than_nothing() -> None:
    named = [Example("繳費", (1,), described=True), Example("退租搬家", (2,), described=True)]
    assert told(learned(named), "我什麼時候要交錢").ranked[0][0] == 1


def test_an_intent_without_examples_is_found_by_its_name_among_others() -> None:
    named = [*EXAMPLES, Example("停車位", (55,), described=True)]
    assert told(learned(named), "請問有停車位可以租嗎").ranked[0][0] == 55


def test_a_message_is_in_scope_if_any_clause_of_it_is(classifier: Classifier) -> None:
    answer = told(classifier, "我媽媽昨天從日本回來，浴室漏水了")
    assert answer.in_scope > 0.5
    assert REPAIR in {intent for intent, _ in answer.chosen}


def test_the_vector_of_the_whole_message_is_enough(classifier: Classifier) -> None:
    text = "我要退租，另外浴室漏水還沒修"
    answer = classifier.classify(text, shared_encoder().encode([text])[0])
    assert {intent for intent, _ in answer.ranked[:2]} == {MOVING_OUT, REPAIR}


def test_too_many_examples_are_cut_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.intents.classifier.MOST_EXAMPLES", 8)
    assert Classifier.learn(EXAMPLES, None).intents == tuple(sorted(SAID))


def test_several_intents_of_one_example_are_all_learned() -> None:
    both = [Example(text, (PAYING, PETS)) for text in ("養貓要多繳租金嗎", "養狗的房租比較貴嗎", "寵物要付多少租金")]
    found = told(learned([*EXAMPLES, *both]), "有養貓租金要加多少").ranked[:2]
    assert {intent for intent, _ in found} == {PAYING, PETS}


def test_examples_of_what_is_out_of_scope_are_heeded(classifier: Classifier) -> None:
    text = "停車位怎麼租"
    unlike = [Example(text, ()) for text in ("有停車位嗎", "車位租金多少", "機車可以停哪裡", "想租一個車位")]
    assert told(learned([*EXAMPLES, *unlike]), text).in_scope < told(classifier, text).in_scope


def test_equally_likely_intents_come_in_the_order_of_their_ids() -> None:
    twins = [Example("冷氣壞了", (9, 3)), Example("浴室漏水", (3, 9)), Example("可以養狗嗎", (5,))]
    ranked = Classifier.learn(twins, None).classify("冷氣", None).ranked
    assert [intent for intent, _ in ranked] == [3, 9, 5]


def test_the_same_text_under_two_intents_holds_both() -> None:
    twice = [*EXAMPLES, Example("漏水想退租", (REPAIR,)), Example("漏水想退租", (MOVING_OUT,))]
    ranked = Classifier.learn(twice, None).classify("漏水想退租", None).ranked
    assert {intent for intent, _ in ranked[:2]} == {REPAIR, MOVING_OUT}


@pytest.mark.parametrize("examples", [[], [Example("你好", ())]])
def test_without_intents_everything_is_out_of_scope(examples: list[Example]) -> None:
    assert Classifier.learn(examples, None).classify("我要退租", None) == Classification((), (), 0.0)


def test_vectors_must_be_given_to_both_or_to_neither(words_alone: Classifier) -> None:
    with pytest.raises(ValueError, match="vectors"):
        words_alone.classify("你好", shared_encoder().encode(["你好"]))
    with pytest.raises(ValueError, match="vectors"):
        Classifier.learn(EXAMPLES, shared_encoder().encode(["你好"]))


@given(st.text(max_size=80))
def test_any_text_gets_probabilities(text: str) -> None:
    answer = _WORDS.classify(text, None)
    assert all(0 <= probability <= 1 for _, probability in answer.ranked)
    assert 0 <= answer.in_scope <= 1
    assert sorted(intent for intent, _ in answer.ranked) == sorted(SAID)


@given(st.lists(st.tuples(st.text(max_size=12), st.lists(st.integers(1, 4), max_size=3)), max_size=8), st.text())
def test_any_examples_can_be_learned(examples: list[tuple[str, list[int]]], text: str) -> None:
    made = [Example(said, tuple(dict.fromkeys(intents))) for said, intents in examples]
    answer = Classifier.learn(made, None).classify(text, None)
    assert {intent for intent, _ in answer.ranked} == {intent for example in made for intent in example.intents}


_WORDS = Classifier.learn(EXAMPLES, None)
