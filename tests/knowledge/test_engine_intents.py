"""What a message is for: recognised on the embedded path, by the model where that is unsure, or out of scope."""

from __future__ import annotations

import json

import pytest

from bot.clock import ManualClock
from bot.llm.offline import OfflineModel
from bot.llm.port import LlmUnavailable
from bot.models import KnowledgeEntry
from knowledge import repository
from knowledge.engine import Composer, Outcome
from knowledge.repository import NewEntry
from tests.knowledge.conftest import Ask, Shops


@pytest.mark.parametrize(
    ("code", "text", "intent"),
    [
        ("ANJU", "請問房租每個月幾號要繳", "帳務查詢"),
        ("ANJU", "洗衣機壞掉了可以派人來看嗎", "維修報修"),
        ("HAOSHI", "我想要提早解約", "租約與退租"),
        ("XIANGKOU", "想訂今晚六點兩個人", "訂位與外帶"),
    ],
)
async def test_a_message_is_given_its_intent(ask: Ask, code: str, text: str, intent: str) -> None:
    answer = await ask(code, text)
    assert [found.name for found in answer.intents][:1] == [intent]
    assert 0.5 <= answer.intents[0].confidence <= 1


async def test_a_message_may_hold_several_intents(ask: Ask) -> None:
    answer = await ask("ANJU", "冷氣壞了可以報修嗎？還有房租什麼時候要繳？")
    assert {"維修報修", "帳務查詢"} <= {intent.name for intent in answer.intents}


@pytest.mark.parametrize("text", ["Who won the World Cup in 1998?", "Write a poem about the moon"])
async def test_what_no_intent_is_meant_for_is_out_of_scope(ask: Ask, text: str) -> None:
    answer = await ask("ANJU", text)
    assert answer.outcome is Outcome.OUT_OF_SCOPE
    assert "安居租賃" in answer.text
    assert answer.sources == ()


async def test_the_model_decides_where_the_classifier_is_unsure(ask: Ask) -> None:
    model = OfflineModel([json.dumps({"intents": [5]})])
    answer = await ask("ANJU", "那個東西可以幫我處理一下嗎", llm=model)
    assert [intent.name for intent in answer.intents] == ["聯絡客服"]
    assert "intents" in model.prompts[0].messages[-1].text


async def test_what_the_model_finds_no_intent_for_is_out_of_scope(ask: Ask) -> None:
    answer = await ask("ANJU", "幫我寫一首關於月亮的詩", llm=OfflineModel([json.dumps({"intents": []})]))
    assert (answer.outcome, answer.intents) == (Outcome.OUT_OF_SCOPE, ())


@pytest.mark.parametrize("reply", ["帳務", '{"intents": [99]}', '{"intents": "1"}', "[1]", LlmUnavailable("down")])
async def test_a_model_that_answers_rubbish_changes_nothing(ask: Ask, reply: str | LlmUnavailable) -> None:
    text = "那個東西可以幫我處理一下嗎"
    assert (await ask("ANJU", text, llm=OfflineModel([reply, ""]))).intents == (await ask("ANJU", text)).intents


async def test_a_sure_message_costs_no_tokens_for_its_intent(ask: Ask) -> None:
    model = OfflineModel()
    await ask("ANJU", "我要報修，冷氣壞了", llm=model)
    assert all("sources" in prompt.messages[-1].text for prompt in model.prompts)


async def test_an_approved_answer_is_said_word_for_word(shops: Shops, ask: Ask, clock: ManualClock) -> None:
    said = "可以刷卡喔！請到 App 的「繳費」頁面操作 😊"
    new = NewEntry("可以刷卡付房租嗎", said, shops.vendors["ANJU"], is_curated=True)
    async with shops.database.unit_of_work() as session:
        entry_id = await repository.add_entry(session, shops.rental, new, now=clock.now())
        assert (await session.get_one(KnowledgeEntry, entry_id)).is_curated
    model = OfflineModel(["請改用匯款。"])
    answer = await ask("ANJU", "可以刷卡付房租嗎？", llm=model)
    assert (answer.text, answer.composer) == (said, Composer.CURATED)
    assert [source.id for source in answer.sources] == [entry_id]
    assert not any("sources" in prompt.messages[-1].text for prompt in model.prompts)
