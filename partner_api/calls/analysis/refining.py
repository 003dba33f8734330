"""A language model's view of a call, added to results that stand without it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import structlog

from bot.llm.port import LanguageModel, LlmError
from partner_api.calls.analysis.model_view import BOUND, Adjustment, Ground, View, ground_of, prompt_for, view_of
from partner_api.calls.analysis.scoring import overall, rounded
from partner_api.calls.analysis.sentiment import UNIT
from partner_api.calls.analysis.text.objections import kinds
from partner_api.calls.analysis.turns import Speaker, Turn, turns_of

MODEL = "model"
# Folding the words of a long call takes a moment of a processor, which isn't the event loop's to give.
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="call-views")
Json = dict[str, Any]

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Tally:
    """How much of a model's view was taken, and how much had no ground."""

    added: dict[str, int] = field(default_factory=dict)
    dropped: int = 0

    def count(self, name: str, *, taken: bool) -> None:
        if taken:
            self.added[name] = self.added.get(name, 0) + 1
        else:
            self.dropped += 1


async def refine(llm: LanguageModel, results: Json, *, within: float) -> Json:
    """`results` with what a model adds to them, marked `"source": "model"`, and `model` with what it cost.

    The model is asked once and answers within `within` seconds. Every item must quote a sentence of the call; the
    others are dropped. Where it fails, is late or answers in another form, the results stay as they are, with
    `"model": null`. Never raises.
    """
    run = asyncio.get_running_loop().run_in_executor
    turns = turns_of(results["segments"])
    prompt = await run(_THREAD, prompt_for, turns, results["scores"]["parts"])
    try:
        completion = await llm.complete(prompt, within=within)
    except LlmError as error:
        logger.warning("calls.llm_failed", error=type(error).__name__, reason=str(error), tokens=error.tokens)
        return results | {MODEL: None}
    view = view_of(completion.text)
    if view is None:
        logger.warning("calls.llm_refused", tokens=completion.tokens)
        return results | {MODEL: None}
    tally = _Tally()
    refined = await run(_THREAD, _merged, results, view, turns, tally)
    logger.info("calls.llm_used", tokens=completion.tokens, added=tally.added, dropped=tally.dropped)
    return refined | {MODEL: {"tokens": completion.tokens, "added": tally.added, "dropped": tally.dropped}}


def _merged(results: Json, view: View, turns: Sequence[Turn], tally: _Tally) -> Json:
    ground = ground_of(turns)
    parts = _adjusted(results["scores"]["parts"], view.adjustments, ground, tally)
    return results | {
        "content_analysis": _content(results["content_analysis"], view, ground, tally),
        "tone_analysis": _tone(results["tone_analysis"], view, ground, tally),
        "scores": results["scores"] | {"parts": parts},
        "overall_score": overall(parts),
    }


def _content(content: Json, view: View, ground: Ground, tally: _Tally) -> Json:
    merged = dict(content)
    objections = [(one.quote, {"kind": one.kind, "handled": None}) for one in view.objections if one.kind in kinds()]
    tally.dropped += len(view.objections) - len(objections)
    merged["objections"] = _with_quoted(content, "objections", objections, ground, tally)
    for name, quoted in (("commitments", view.commitments), ("next_steps", view.next_steps)):
        merged[name] = _with_quoted(content, name, [(one.quote, {"when": None}) for one in quoted], ground, tally)
    cited = [found for quote in view.summary.quotes if (found := ground.cited(quote)) is not None]
    is_grounded = bool(cited) and ground.supports(view.summary.text)
    tally.count("summary", taken=is_grounded)
    if is_grounded:
        merged["summary"] = {"text": view.summary.text.strip(), "sentences": cited, "source": MODEL}
    return merged


def _with_quoted(
    content: Json, name: str, quoted: Sequence[tuple[str, Json]], ground: Ground, tally: _Tally
) -> list[Json] | None:
    """The items of `content[name]` and those that a model quoted and that aren't among them; None where there are
    none because the call wasn't read."""
    items: list[Json] = list(content[name] or [])
    for quote, more in quoted:
        cited = ground.cited(quote)
        if cited is not None and any(_is_same(item, cited) for item in items):
            continue
        # What an agent says is no objection of the customer's.
        taken = cited is not None and not (name == "objections" and cited["speaker"] == Speaker.AGENT)
        tally.count(name, taken=taken)
        if cited is not None and taken:
            by = {"by": cited["speaker"]} if name == "commitments" else {}
            items.append({**by, **cited, **more, "source": MODEL})
    return items if items or content[name] is not None else None


def _is_same(item: Mapping[str, Any], cited: Mapping[str, Any]) -> bool:
    return (item["turn"], item["sentence"]) == (cited["turn"], cited["sentence"])


def _tone(tone: Json, view: View, ground: Ground, tally: _Tally) -> Json:
    cited = ground.cited(view.sentiment.quote)
    tally.count("sentiment", taken=cited is not None)
    if cited is None:
        return tone
    mood = {"value": round(view.sentiment.value, 2), "unit": UNIT, "source": MODEL, "evidence": [cited]}
    return tone | {"sentiment": tone["sentiment"] | {"by_model": mood}}


def _adjusted(parts: Sequence[Json], adjustments: Sequence[Adjustment], ground: Ground, tally: _Tally) -> list[Json]:
    """`parts` with the changes that are within bounds and quote a sentence, the first for each part."""
    changes: dict[str, Json] = {}
    able = {part["name"]: part["max"] for part in parts if part["score"] is not None}
    for one in adjustments:
        cited = ground.cited(one.quote)
        fits = one.part in able and one.part not in changes and abs(one.change) <= BOUND * able[one.part]
        tally.count("adjustments", taken=fits and cited is not None)
        if fits and cited is not None:
            changes[one.part] = {"change": rounded(Decimal(str(one.change))), "source": MODEL, "evidence": [cited]}
    return [_changed(part, changes[part["name"]]) if part["name"] in changes else part for part in parts]


def _changed(part: Json, change: Json) -> Json:
    points = Decimal(str(part["score"])) + Decimal(str(change["change"]))
    return part | {"score": rounded(min(max(points, Decimal()), Decimal(part["max"]))), "adjustment": change}
