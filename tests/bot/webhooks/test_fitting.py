"""Bodies that any receiver takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.webhooks.fitting import MAX_BODY, fitted
from tests.support.payloads import anything, chance

URL = "https://shop.example/api/partner/v1/jobs/1/status"
TURN = "Agent: שלום, 您好, how may I help you?"


def results(turns: int) -> dict[str, Any]:
    segments = [{"speaker": "agent", "start": n * 1.0, "end": n + 0.5, "text": TURN} for n in range(turns)]
    return {
        "transcript": "\n".join([TURN] * turns),
        "segments": segments,
        "tone_analysis": {"pace": {"value": 120.5, "unit": "words a minute", "source": "segments"}},
        "scores": {"rubric": "1", "parts": [{"name": "greeting", "score": 2.0, "max": 2}]},
        "overall_score": 8.0,
    }


def test_what_fits_is_sent_whole() -> None:
    body = json.loads(fitted({"job_id": "1", "results": results(100)}, results_url=URL))
    assert len(body["results"]["segments"]) == 100
    assert "truncated" not in body
    assert "results_url" not in body


def test_what_is_too_long_is_cut_in_its_own_shape_and_says_so() -> None:
    whole = results(2_000)
    body = fitted({"job_id": "1", "results": whole, "call_id": "2"}, results_url=URL)
    cut = json.loads(body)
    assert MAX_BODY - 1_000 < len(body) <= MAX_BODY
    assert (cut["truncated"], cut["results_url"], cut["job_id"], cut["call_id"]) == (True, URL, "1", "2")
    assert cut["results"].keys() == whole.keys()
    assert cut["results"]["scores"] == whole["scores"]
    assert cut["results"]["tone_analysis"] == whole["tone_analysis"]
    segments = cut["results"]["segments"]
    assert 0 <= len(segments) < 2_000
    assert segments == whole["segments"][: len(segments)]


def test_a_text_ends_at_the_end_of_a_line() -> None:
    whole = results(5_000) | {"segments": []}
    transcript = json.loads(fitted({"results": whole}))["results"]["transcript"]
    assert whole["transcript"].startswith(transcript)
    assert transcript.endswith(TURN)
    assert len(transcript.encode()) > 90_000


def test_without_an_address_of_the_whole_none_is_named() -> None:
    assert json.loads(fitted({"results": results(2_000)})).keys() == {"results", "truncated"}


def test_any_results_fit_into_any_room() -> None:
    seed, random = chance()
    for _ in range(300):
        payload = {"id": "1", "results": {"a": anything(random, halves=True), "scores": anything(random, halves=True)}}
        most = random.randint(60, 400)
        body = fitted(payload, most=most)
        assert len(body) <= most, f"seed {seed}"
        assert body == fitted(payload) or json.loads(body)["truncated"] is True, f"seed {seed}"


@pytest.mark.parametrize("payload", [{"text": "x" * MAX_BODY}, {"results": "x" * MAX_BODY}])
def test_only_results_are_cut(payload: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="100,000 bytes"):
        fitted(payload)
