"""`/chat/v1` over HTTP: who may ask whom as what, what comes back, and what is remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from knowledge.answers import Answer as Said
from knowledge.answers import Composer, Outcome, Question, Source
from knowledge.engine import Engine
from knowledge.entries import FoundIntent, IntentType, Scope
from tests.knowledge.routes.office import Answer, Office
from tests.support.vendors import BILLING, OWN_ANSWER, SUMMARY, Documented, add_documented

ASKED = "每月繳費日期是什麼時候？"
DOCUMENTED = {
    "answer", "intent_name", "intent_type", "confidence", "all_intents", "secondary_intents", "intent_ids", "sources",
    "source_count", "vendor_id", "mode", "session_id", "timestamp", "llm_optimization",
}  # fmt: skip


@pytest.fixture
async def documented(office: Office, clock: ManualClock) -> Documented:
    return await add_documented(office.database, clock, office.own)


@pytest.fixture
async def small(small_office: Office, clock: ManualClock) -> Documented:
    return await add_documented(small_office.database, clock, small_office.own)


async def ask(office: Office, vendor_id: Any, message: Any = ASKED, *, key: str = "own", **more: Any) -> Answer:
    body = {"message": message, "vendor_id": vendor_id, **more}
    return await call(office, "POST", "/chat/v1/message", body, key=key)


async def call(office: Office, method: str, path: str, body: Any = None, *, key: str = "own") -> Answer:
    headers, sent = {"X-API-Key": office.keys[key]}, {} if body is None else {"json": body}
    async with office.session.request(method, office.url + path, headers=headers, **sent) as response:
        return Answer(response.status, await response.json())


def answering(office: Office, monkeypatch: pytest.MonkeyPatch, said: Said) -> list[Question]:
    """Let the engine say this; the questions that it is asked."""
    questions: list[Question] = []

    async def answer(_engine: Engine, _principal: object, question: Question) -> Said:
        questions.append(question)
        return said

    monkeypatch.setattr(Engine, "answer", answer)
    return questions


async def test_an_answer_has_every_documented_field(office: Office, documented: Documented) -> None:
    answer = (await ask(office, documented.a)).body
    assert set(answer) == DOCUMENTED | {"outcome", "values", "suggestions"}
    assert "每月 1 號" in answer["answer"]
    assert "200 元" in answer["answer"]
    [source] = answer["sources"]
    assert source == {
        "id": source["id"], "question_summary": SUMMARY, "answer": OWN_ANSWER, "scope": "customized",
    }  # fmt: skip
    assert (answer["source_count"], answer["vendor_id"], answer["mode"]) == (1, documented.a, "tenant")
    assert (answer["session_id"], answer["timestamp"]) == (None, "2026-01-01T00:00:00.000000")
    assert answer["values"] == {"payment_day": "1 號", "grace_days": "5 天", "late_fee": "200 元"}
    assert answer["llm_optimization"] == {
        "optimization_applied": False, "tokens_used": 0, "vendor_params_injected": True,
        "processing_time_ms": answer["llm_optimization"]["processing_time_ms"],
    }  # fmt: skip


async def test_intents_and_who_worded_it_are_told(
    small_office: Office, small: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    intents = (
        FoundIntent(5, BILLING, IntentType.KNOWLEDGE, 0.95123), FoundIntent(7, "報修", IntentType.ACTION, 0.6),
    )  # fmt: skip
    answering(
        small_office, monkeypatch,
        Said("好", Outcome.ANSWERED, Composer.LLM, confidence=0.3, tokens_used=456, elapsed_ms=1234, intents=intents),
    )  # fmt: skip
    answer = (await ask(small_office, small.a)).body
    assert (answer["intent_name"], answer["intent_type"], answer["confidence"]) == (BILLING, "knowledge", 0.9512)
    assert (answer["all_intents"], answer["secondary_intents"]) == ([BILLING, "報修"], ["報修"])
    assert answer["intent_ids"] == [5, 7]
    assert answer["llm_optimization"] == {
        "optimization_applied": True, "tokens_used": 456, "processing_time_ms": 1234, "vendor_params_injected": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "name"),
    [(Outcome.ANSWERED, "一般問題"), (Outcome.UNKNOWN, "一般問題"), (Outcome.OUT_OF_SCOPE, "超出範圍")],
)
async def test_without_an_intent_it_says_so_and_gives_the_answers_confidence(
    small_office: Office, small: Documented, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, name: str
) -> None:
    answering(small_office, monkeypatch, Said("?", outcome, confidence=0.25))
    answer = (await ask(small_office, small.a, "What?")).body
    assert (answer["outcome"], answer["intent_name"], answer["intent_type"]) == (outcome, name, "knowledge")
    assert (answer["confidence"], answer["all_intents"], answer["intent_ids"]) == (0.25, [], [])


async def test_sources_can_be_left_out_and_are_still_counted(small_office: Office, small: Documented) -> None:
    answer = (await ask(small_office, small.a, include_sources=False)).body
    assert (answer["sources"], answer["source_count"]) == ([], 1)


async def test_whoever_may_only_ask_reads_no_entries(
    small_office: Office, small: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = (await ask(small_office, small.a, key="chat", include_sources=True)).body
    assert (answer["sources"], answer["source_count"]) == ([], 1)
    assert "{{" not in str(answer)
    questions = answering(
        small_office, monkeypatch, Said("x", Outcome.ANSWERED, sources=(Source(1, "q", "raw", Scope.GLOBAL, 1.0),))
    )
    refused = await ask(small_office, small.a, key="chat", mode="customer_service")
    assert (refused.status, questions) == (403, [])
    assert "raw" not in str((await ask(small_office, small.a, key="chat")).body)


async def test_staff_are_told_what_customers_are_not(small_office: Office, small: Documented) -> None:
    await small_office.entry("客訴怎麼處理？", "請在 24 小時內回電。", audience="staff", vendor_id=small.a)
    staff = (await ask(small_office, small.a, "客訴怎麼處理？", mode="customer_service")).body
    renter = (await ask(small_office, small.a, "客訴怎麼處理？", mode="tenant")).body
    assert ("24 小時" in staff["answer"], "24 小時" in renter["answer"]) == (True, False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"message": " \n\u3000"}, "message must not be blank."),
        ({"message": "x" * 1001}, "message must have at most 1000 characters."),
        ({"message": None}, "message should be a valid string."),
        ({"message": 1}, "message should be a valid string."),
        ({"vendor_id": True}, "vendor_id should be a valid integer."),
        ({"vendor_id": "1"}, "vendor_id should be a valid integer."),
        ({"vendor_id": 1.0}, "vendor_id should be a valid integer."),
        ({"vendor_id": None}, "vendor_id should be a valid integer."),
        ({"mode": "admin"}, "mode should be 'tenant' or 'customer_service'."),
        ({"top_k": 0}, "top_k must be 1 to 10."),
        ({"top_k": 11}, "top_k must be 1 to 10."),
        ({"top_k": True}, "top_k should be a valid integer."),
        ({"include_sources": "yes"}, "include_sources should be a valid boolean."),
        ({"session_id": 7}, "session_id should be a valid string."),
        ({"session_id": "x" * 201}, "session_id must have at most 200 characters."),
        ({"user_id": "x" * 201}, "user_id must have at most 200 characters."),
    ],
)
async def test_a_wrong_question_is_400_and_says_what_is_wrong(
    small_office: Office, change: dict[str, Any], message: str
) -> None:
    body = {"message": ASKED, "vendor_id": small_office.vendors["A"]} | change
    for path in ("/chat/v1/message", "/chat/v1/message/stream"):
        answer = await call(small_office, "POST", path, body)
        assert (answer.status, answer.body) == (400, {"detail": message})


async def test_null_means_the_default(small_office: Office, small: Documented) -> None:
    nulls: dict[str, Any] = dict.fromkeys(("mode", "session_id", "user_id", "top_k", "include_sources"))
    answer = await ask(small_office, small.a, **nulls)
    assert (answer.status, answer.body["mode"], len(answer.body["sources"])) == (200, "tenant", 1)


@pytest.mark.parametrize("vendor_id", [0, -1, 999_999, 2**63, 2**70])
async def test_an_unknown_vendor_is_404_with_its_id(small_office: Office, vendor_id: int) -> None:
    for path in ("/chat/v1/message", "/chat/v1/message/stream"):
        answer = await call(small_office, "POST", path, {"message": "x", "vendor_id": vendor_id})
        assert (answer.status, answer.body) == (404, {"detail": f"業者不存在: {vendor_id}"})


async def test_an_inactive_vendor_is_403_to_its_own_and_404_to_others(office: Office, documented: Documented) -> None:
    await office.call("DELETE", f"/vendors/{documented.a}")
    own, foreign = await ask(office, documented.a), await ask(office, documented.a, key="foreign")
    assert (own.status, own.body) == (403, {"detail": f"業者未啟用: {documented.a}"})
    assert (foreign.status, foreign.body) == (404, {"detail": f"業者不存在: {documented.a}"})


async def test_a_key_of_one_vendor_asks_no_other(small_office: Office, small: Documented) -> None:
    assert (await ask(small_office, small.a, key="a")).status == 404
    assert (await ask(small_office, small_office.vendors["A"], key="a")).status == 200


async def test_a_session_remembers_for_its_user_alone(
    small_office: Office, small: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = answering(small_office, monkeypatch, Said("一樓", Outcome.ANSWERED))
    mine = {"session_id": "s", "user_id": "u"}
    for more in (mine, mine, {"session_id": "s"}, mine | {"mode": "customer_service"}, {"user_id": "u"}):
        assert (await ask(small_office, small.a, **more)).body["session_id"] == more.get("session_id")
    await ask(small_office, small.b, **mine)
    assert [len(question.history) for question in questions] == [0, 2, 0, 0, 0, 0]
    assert [turn.text for turn in questions[1].history] == [ASKED, "一樓"]


async def test_testing_a_vendor_shows_its_values(office: Office, documented: Documented) -> None:
    answer = await call(office, "GET", f"/chat/v1/vendors/{documented.a}/test")
    assert set(answer.body) == {"vendor", "param_count", "parameters", "test_template"}
    assert answer.body["param_count"] == len(answer.body["parameters"]) == 12
    assert answer.body["parameters"]["payment_day"] == {
        "value": "1", "data_type": "number", "unit": "號", "display_name": "繳費日期", "description": "每月繳費日期",
    }  # fmt: skip
    assert answer.body["test_template"] == {
        "original": "繳費日為 {{payment_day}}，逾期費 {{late_fee}}。", "resolved": "繳費日為 1 號，逾期費 200 元。",
        "missing": [],
    }  # fmt: skip


@pytest.mark.parametrize("vendor_id", ["abc", "0", "999999", str(2**70)])
async def test_testing_no_vendor_is_404(small_office: Office, vendor_id: str) -> None:
    answer = await call(small_office, "GET", f"/chat/v1/vendors/{vendor_id}/test")
    assert (answer.status, answer.body) == (404, {"detail": "業者不存在"})


async def test_a_reload_is_answered_always_and_done_now_and_then(office: Office, clock: ManualClock) -> None:
    before = await office.version_of("A")
    for _ in range(3):
        answer = await call(office, "POST", "/chat/v1/reload")
        assert answer.body == {
            "success": True, "message": "多業者服務已重新載入", "timestamp": "2026-01-01T00:00:00.000000",
        }  # fmt: skip
    assert await office.version_of("A") == before + 1
    clock.advance(timedelta(minutes=1))
    await call(office, "POST", "/chat/v1/reload")
    assert await office.version_of("A") == before + 2


async def test_a_failure_is_told_as_documented_and_without_its_inside(
    small_office: Office, small: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(Engine, "answer", fail)
    answer = await ask(small_office, small.a)
    assert answer.status == 500
    assert answer.body == {"detail": "處理聊天請求失敗: 系統暫時無法處理，請稍後再試"}


async def test_neither_key_nor_message_is_logged(
    small_office: Office, small: Documented, capsys: pytest.CaptureFixture[str]
) -> None:
    await ask(small_office, small.a, "我的身分證字號是多少？", session_id="private-session")
    await ask(small_office, 999_999, "我的身分證字號是多少？", session_id="private-session")
    logged = "".join(capsys.readouterr())
    assert "/chat/v1/message" in logged
    assert [one for one in (small_office.keys["own"], "身分證", "private-session") if one in logged] == []
