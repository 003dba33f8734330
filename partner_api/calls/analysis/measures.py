"""What the rubric measures: each part's value with its source and what it rests on, or why there is none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partner_api.calls.analysis.figures import TRANSCRIPT

MOST_EVIDENCE = 3
_AN_ORDER = 2
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """A value, None where it couldn't be measured; `reason` says what it rests on, or why there is none."""

    value: float | None
    source: str | None
    reason: str
    evidence: Sequence[Json] = ()


@dataclass(frozen=True, slots=True)
class Analysed:
    """What scores are drawn from."""

    tone: Json
    content: Json
    sentiment: Json


def measure(name: str, of: Analysed) -> Measure:
    """The measure of the rubric's part `name`. Raises KeyError for a part that nothing measures."""
    return MEASURES[name](of)


def _unspoken(of: Analysed) -> str | None:
    """Why a call is no conversation: nobody but the agent speaks, as on an answering machine; None where it is one."""
    customer = of.tone.get("word_share", {}).get("customer", {})
    return "the customer says nothing" if customer.get("value") == 0 else None


def _steps(of: Analysed) -> Measure:
    if unspoken := _unspoken(of):
        return Measure(None, None, unspoken)
    script = of.content["script_adherence"]
    share = script["share"]
    if share["value"] is None:
        return Measure(None, None, share.get("reason") or "no step of the script could be looked for")
    missing = [step["name"] for step in script["steps"] if step["found"] is False]
    reason = f"{script['found']} of {script['of']} steps of {script['call_type']}"
    reason += f"; not found: {', '.join(missing)}" if missing else ""
    return Measure(script["found"] / script["of"], TRANSCRIPT, reason, _shown(script["steps"]))


def _order(of: Analysed) -> Measure:
    if reason := _unspoken(of) or of.content["script_adherence"]["share"].get("reason"):
        return Measure(None, None, reason)
    taken = [step for step in of.content["script_adherence"]["steps"] if step["found"]]
    if len(taken) < _AN_ORDER:
        return Measure(None, None, "fewer than two steps of the script were taken")
    late = [step for step in taken if not step["in_order"]]
    reason = f"out of order: {', '.join(step['name'] for step in late)}" if late else "every step came in order"
    return Measure(1 - len(late) / len(taken), TRANSCRIPT, reason, _shown(late))


def _shown(steps: Sequence[Json]) -> list[Json]:
    shown: list[Json] = []
    for step in steps:
        if step["evidence"] and step["evidence"] not in shown:
            shown.append(step["evidence"])
    return shown[:MOST_EVIDENCE]


def _questions(of: Analysed) -> Measure:
    share = of.content["questions_answered"]["customer"]
    if share["value"] is None:
        unknown = share.get("reason") or of.content["script_adherence"]["share"].get("reason")
        return Measure(None, None, unknown or "the customer asked nothing")
    open_ones = [item for item in of.content["questions"] if item["speaker"] == "customer" and not item["answered"]]
    reason = f"{share['value']:.0%} of the customer's questions were answered"
    return Measure(share["value"], TRANSCRIPT, reason, _cited(open_ones))


def _objections(of: Analysed) -> Measure:
    share = of.content["objections_handled"]
    if share["value"] is None:
        unknown = share.get("reason") or of.content["script_adherence"]["share"].get("reason")
        return Measure(None, None, unknown or "the customer raised no objection")
    left = [item for item in of.content["objections"] if not item["handled"]]
    reason = f"{share['value']:.0%} of the objections were replied to"
    return Measure(share["value"], TRANSCRIPT, reason, _cited(left))


def _next_step(of: Analysed) -> Measure:
    steps = of.content["next_steps"]
    if steps is None:
        return Measure(None, None, of.content["objections_handled"].get("reason") or "the call could not be read")
    if unspoken := _unspoken(of):
        return Measure(None, None, unspoken)
    timed = [step for step in steps if step["when"]]
    if timed:
        return Measure(2.0, TRANSCRIPT, "a next step with its time", _cited(timed))
    if steps:
        return Measure(1.0, TRANSCRIPT, "a next step without a time", _cited(steps))
    return Measure(0.0, TRANSCRIPT, "no next step was named")


def _feelings(of: Analysed) -> Measure:
    figure = of.sentiment["by_speaker"]["customer"]
    if figure["value"] is None:
        return Measure(None, None, figure.get("reason") or "the customer said too little")
    mine = [item for item in of.sentiment["evidence"] if item["speaker"] == "customer"]
    strongest = sorted(mine, key=lambda item: -abs(item["value"]))
    return Measure(figure["value"], figure["source"], f"the customer's balance is {figure['value']}", _cited(strongest))


def _change(of: Analysed) -> Measure:
    figure = of.sentiment["customer_course"]["change"]
    if figure["value"] is None:
        reason = figure.get("reason")
        short = (
            f"in the first or the last third the customer has {reason}" if reason else "the customer said too little"
        )
        return Measure(None, None, short)
    return Measure(figure["value"], figure["source"], f"the customer's balance changed by {figure['value']:+}")


def _talk_share(of: Analysed) -> Measure:
    if unspoken := _unspoken(of):
        return Measure(None, None, unspoken)
    for name, what in (("talk_share", "speaking time"), ("word_share", "words")):
        figure = of.tone.get(name, {}).get("agent", {})
        if figure.get("value") is not None:
            return Measure(figure["value"], figure["source"], f"the agent has {figure['value']:.0%} of the {what}")
    return Measure(None, None, "it isn't known who speaks")


def _interruptions(of: Analysed) -> Measure:
    count = of.tone.get("interruptions", {}).get("agent", {})
    seconds = of.tone.get("speaking_time", {}).get("customer", {})
    if count.get("value") is None or not seconds.get("value"):
        return Measure(None, None, "the speakers aren't on channels of their own")
    rate = count["value"] / (seconds["value"] / 60)
    return Measure(rate, count["source"], f"the agent cut in {count['value']} times, {rate:.1f} a minute")


def _latency(of: Analysed) -> Measure:
    figure = of.tone.get("response_latency", {}).get("agent", {})
    if figure.get("value") is None:
        return Measure(None, None, "it isn't known when the turns begin and end")
    return Measure(figure["value"], figure["source"], f"the agent answers after {figure['value']} s")


def _cited(items: Sequence[Json]) -> list[Json]:
    return [{name: item[name] for name in ("sentence", "speaker", "turn", "start")} for item in items[:MOST_EVIDENCE]]


MEASURES: Mapping[str, Callable[[Analysed], Measure]] = {
    "script_steps": _steps,
    "script_order": _order,
    "questions_answered": _questions,
    "objections_handled": _objections,
    "next_step": _next_step,
    "customer_sentiment": _feelings,
    "sentiment_change": _change,
    "talk_share": _talk_share,
    "interruptions": _interruptions,
    "response_latency": _latency,
}
