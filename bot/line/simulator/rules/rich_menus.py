"""Rich menu objects. Limits: Messaging API reference, "Rich menu object"."""

from __future__ import annotations

from bot.line.simulator.model import JsonObject
from bot.line.simulator.rules.actions import check_action
from bot.line.simulator.rules.findings import Findings

WIDTHS = range(800, 2501)
LEAST_HEIGHT = 250
LEAST_RATIO = 1.45
MAX_AREAS = 20
MAX_NAME = 300
MAX_BAR_TEXT = 14
MAX_LABEL = 20


def problem_with_menu(menu: JsonObject) -> JsonObject | None:
    """LINE's error answer for a rich menu object, or None where it is in order."""
    findings = Findings()
    width, height = _check_size(findings, menu.get("size"))
    if not isinstance(menu.get("selected"), bool):
        findings.add("selected", "May not be empty")
    findings.text(menu, "name", path="", limit=MAX_NAME)
    findings.label(menu, "chatBarText", path="", limit=MAX_BAR_TEXT)
    for place, area in enumerate(findings.items(menu, "areas", path="", least=0, most=MAX_AREAS)):
        path = f"areas[{place}]"
        _check_bounds(findings, area.get("bounds"), path=f"{path}.bounds", within=(width, height))
        action = area.get("action")
        check_action(findings, action, path=f"{path}.action", label=None)
        if isinstance(action, dict):
            findings.label(action, "label", path=f"{path}.action", limit=MAX_LABEL, required=False)
    if findings.details:
        return {"message": f"The request body has {len(findings.details)} error(s)", "details": findings.details}
    return None


def _check_size(findings: Findings, size: object) -> tuple[int, int]:
    """Width and height in pixels, (0, 0) where they aren't allowed."""
    width, height = (_number(size.get("width")), _number(size.get("height"))) if isinstance(size, dict) else (0, 0)
    if width not in WIDTHS:
        findings.add("size.width", f"Must be between {WIDTHS.start} and {WIDTHS.stop - 1}")
    elif height < LEAST_HEIGHT or width / height < LEAST_RATIO:
        findings.add("size.height", f"Must be {LEAST_HEIGHT} or more, and the aspect ratio {LEAST_RATIO} or more")
    return width, height


def _check_bounds(findings: Findings, bounds: object, *, path: str, within: tuple[int, int]) -> None:
    if not isinstance(bounds, dict):
        findings.add(path, "May not be empty")
        return
    for start, length, limit in (("x", "width", within[0]), ("y", "height", within[1])):
        first, count = _number(bounds.get(start), none=-1), _number(bounds.get(length))
        if first < 0 or count < 1 or first + count > limit:
            findings.add(f"{path}.{length}", f"Must lie between 0 and {limit}")


def _number(value: object, *, none: int = 0) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else none
