"""The analysis of a call, top to bottom: listen, transcribe, measure, describe, score, refine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.llm.port import LanguageModel
from bot.speech.port import Transcriber
from partner_api.calls.analysis import content, masking, refining, scoring, sentiment
from partner_api.calls.analysis.audio import Recording, listen
from partner_api.calls.analysis.call import Call
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.analysis.pace import language_of
from partner_api.calls.analysis.tone import tone_of
from partner_api.calls.analysis.transcribing import Spoken, transcribed
from partner_api.calls.analysis.turns import Turn, segments_of, turns_of, written
from partner_api.calls.analysis.wire import Heard, Pieces

REFINE_SECONDS = 60.0
# Each is a process that holds all samples of a call.
AT_ONCE = 2
Results = dict[str, Any]
# Reading a long transcript takes a moment of a processor, which isn't the event loop's to give.
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="calls")


class Analyst:
    """Analyses calls with what is configured: a transcriber, a language model, both or neither.

    At most `AT_ONCE` recordings are listened to at once.
    """

    def __init__(self, *, speech: Transcriber | None, llm: LanguageModel | None) -> None:
        self._speech = speech
        self._llm = llm
        self._listening = asyncio.Semaphore(AT_ONCE)

    async def analyse(self, call: Call, *, before_each: Callable[[], Awaitable[None]]) -> Results:
        """The results of a call, as callbacks and jobs carry them.

        `before_each` long step it is asked whether to go on; what it raises ends the analysis. Raises
        AnalysisFailed with the code of what went wrong.
        """
        recording, spoken = await self._heard(call, before_each)
        heard = recording.heard if recording is not None else None
        results = await read(call, spoken, heard)
        if self._llm is None:
            return results
        await before_each()
        return await refining.refine(self._llm, results, within=REFINE_SECONDS)

    async def _heard(self, call: Call, before_each: Callable[[], Awaitable[None]]) -> tuple[Recording | None, Spoken]:
        """The recording, listened to, and what is said in it, or in the transcript that came with it."""
        given = turns_of(call.transcript) if call.transcript is not None else None
        if given is not None and not given:
            raise AnalysisFailed(Failure.TRANSCRIPT_EMPTY)
        if call.audio is None:
            if given is None:
                raise AnalysisFailed(Failure.AUDIO_UNREADABLE)
            return None, Spoken(given, call.language)
        async with self._listening:
            recording = await listen(call.audio, content_type=call.content_type, parts=self._parts(given))
        if given is not None:
            return recording, Spoken(given, call.language)
        if self._speech is None:
            raise AnalysisFailed(Failure.TRANSCRIPTION_UNAVAILABLE)
        if not recording.parts:
            raise AnalysisFailed(Failure.NO_SPEECH)
        spoken = await transcribed(
            self._speech, recording, language=call.language, agent_channel=call.agent_channel, before_each=before_each
        )
        if not spoken.turns:
            raise AnalysisFailed(Failure.NO_SPEECH)
        return recording, spoken

    def _parts(self, given: object) -> Pieces:
        if given is not None or self._speech is None:
            return Pieces.NONE
        return Pieces.LONG if self._speech.splits_at_pauses else Pieces.TURNS


async def read(call: Call, spoken: Spoken, heard: Heard | None) -> Results:
    """The results of what was said and heard, without a model's view."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, results_of, call, spoken, heard)


def results_of(call: Call, spoken: Spoken, heard: Heard | None) -> Results:
    """Like `read`, in this thread. Pure."""
    turns: Sequence[Turn] = masking.mask_turns(spoken.turns) if call.mask else spoken.turns
    transcript = written(turns)
    language = call.language or spoken.language or language_of(transcript)
    felt = sentiment.feel(turns, language)
    tone = tone_of(turns, heard=heard, agent_channel=call.agent_channel, language=language) | {"sentiment": felt}
    described = content.describe(turns, call.call_type, language)
    scores = scoring.score(tone, described, felt, call.call_type)
    return {
        "transcript": transcript,
        "language": language,
        "duration_seconds": heard.seconds if heard is not None else None,
        "segments": segments_of(turns),
        "tone_analysis": tone,
        "content_analysis": described,
        "scores": {"rubric": scores["rubric"], "parts": scores["parts"]},
        "overall_score": scores["overall"],
        "model": None,
    }
