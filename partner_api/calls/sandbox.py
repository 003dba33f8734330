"""The sandbox: realistic results at once, without a transcriber, and failures on demand.

A transcript that was given is really analysed, and a recording really listened to. Whatever nobody can know without
a transcriber comes from a sample conversation of the call's type and language. No address is fetched.
"""

from __future__ import annotations

import asyncio
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from partner_api.calls.analysis.analyse import Results, read
from partner_api.calls.analysis.audio import listen
from partner_api.calls.analysis.call import Call
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.analysis.tone import tone_of
from partner_api.calls.analysis.transcribing import Spoken
from partner_api.calls.analysis.turns import turns_of

LANGUAGE, CALL_TYPE = "en", "support_call"
MOST_SECONDS = 60.0
MARK: Results = {"sandbox": True}
_TRIGGER = re.compile(r"https://sandbox\.example/(fail|slow)/([a-z0-9_.]{1,64})")


async def answer(call: Call, *, url: str | None) -> Results:
    """The results of a call in the sandbox, marked `"sandbox": true`. Raises AnalysisFailed.

    The address `https://sandbox.example/fail/<error_code>` fails with that code, and
    `https://sandbox.example/slow/<seconds>` takes so long, up to 60 seconds.
    """
    await _triggered(url)
    if call.transcript is not None:
        given = turns_of(call.transcript)
        if not given:
            raise AnalysisFailed(Failure.TRANSCRIPT_EMPTY)
        recording = await listen(call.audio, content_type=call.content_type) if call.audio is not None else None
        heard = recording.heard if recording is not None else None
        return MARK | await read(call, Spoken(given, call.language), heard)
    language, sample = sample_of(call)
    results = MARK | await read(call, Spoken(turns_of(sample["turns"]), language), None)
    if call.audio is None:
        return results | {"duration_seconds": sample["seconds"]}
    # The words are a sample's, so of the recording nothing counts that needs words.
    heard = (await listen(call.audio, content_type=call.content_type)).heard
    sentiment = results["tone_analysis"]["sentiment"]
    tone = tone_of((), heard=heard, agent_channel=call.agent_channel, language=language)
    return results | {"duration_seconds": heard.seconds, "tone_analysis": tone | {"sentiment": sentiment}}


def sample_of(call: Call) -> tuple[str, dict[str, Any]]:
    """The language and the sample conversation that fit a call best: `{"seconds", "turns"}`."""
    samples = _samples()
    language = (call.language or LANGUAGE).partition("-")[0]
    language = language if language in samples else LANGUAGE
    return language, samples[language].get(call.call_type) or samples[language][CALL_TYPE]


async def _triggered(url: str | None) -> None:
    found = _TRIGGER.fullmatch(url or "")
    if found is None:
        return
    if found[1] == "slow":
        await asyncio.sleep(min(_seconds(found[2]), MOST_SECONDS))
    elif found[2] in set(Failure):
        raise AnalysisFailed(Failure(found[2]), is_transient=False)
    else:
        raise AnalysisFailed(Failure.AUDIO_FETCH_FAILED, is_transient=False)


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


@cache
def _samples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("samples.json").read_text(encoding="utf-8"))
    return found
