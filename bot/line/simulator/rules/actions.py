"""Action objects: what a button, a quick reply or an area does when it is tapped.

Limits: Messaging API reference, "Action objects".
"""

from __future__ import annotations

import re

from bot.line.simulator.model import JsonObject
from bot.line.simulator.rules.findings import Findings

URI = re.compile(r"(https?://|tel:|line://|mailto:).+", re.DOTALL)
QUICK_REPLY_ONLY = ("camera", "cameraRoll", "location")
ANYWHERE = ("message", "postback", "uri", "datetimepicker", "clipboard")
MODES = ("date", "time", "datetime")
MOMENTS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d"),
}


def check_action(findings: Findings, action: object, *, path: str, label: int | None, quick: bool = False) -> None:
    """Check an action. `label` is the label's limit where one is required; None makes it optional with
    a limit of 40. `quick` allows the actions that only quick replies have."""
    if not isinstance(action, dict):
        findings.add(path, "May not be empty")
        return
    kind = findings.choice(action, "type", path=path, allowed=ANYWHERE + (QUICK_REPLY_ONLY if quick else ()))
    findings.label(action, "label", path=path, limit=label or 40, required=label is not None)
    match kind:
        case "message":
            findings.text(action, "text", path=path, limit=300)
        case "postback":
            findings.text(action, "data", path=path, limit=300)
            findings.label(action, "displayText", path=path, limit=300, required=False)
        case "uri":
            _check_uri(findings, action, path=path)
        case "datetimepicker":
            findings.text(action, "data", path=path, limit=300)
            mode = findings.choice(action, "mode", path=path, allowed=MODES)
            _check_moments(findings, action, path=path, mode=mode)
        case "clipboard":
            findings.text(action, "clipboardText", path=path, limit=1000)
        case _:
            pass


def _check_moments(findings: Findings, action: JsonObject, *, path: str, mode: str | None) -> None:
    for name in ("initial", "min", "max"):
        moment = action.get(name)
        if mode and moment is not None and not (isinstance(moment, str) and MOMENTS[mode].fullmatch(moment)):
            findings.add(f"{path}.{name}", f"Must be a {mode}")


def _check_uri(findings: Findings, action: JsonObject, *, path: str) -> None:
    uri = findings.text(action, "uri", path=path, limit=1000)
    if uri is not None and not URI.fullmatch(uri):
        findings.add(f"{path}.uri", "invalid uri scheme")
