"""Flex Message containers: structure, sizes, and what may stand where.

Limits: Messaging API reference, "Flex Message". Findings carry the JSON pointer that LINE gives.
"""

from __future__ import annotations

import json

from bot.line.simulator.model import JsonObject
from bot.line.simulator.rules.actions import check_action
from bot.line.simulator.rules.counting import utf16_units
from bot.line.simulator.rules.findings import Findings

MAX_BUBBLE_BYTES = 30 * 1024
MAX_CAROUSEL_BYTES = 50 * 1024
MAX_BUBBLES = 12
MAX_DEPTH = 10
BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
LAYOUTS = ("horizontal", "vertical", "baseline")
IN_BOX = ("box", "button", "image", "video", "icon", "text", "span", "separator", "filler", "spacer")
IN_BASELINE = ("icon", "text", "filler", "spacer")
PARTS = ("header", "hero", "body", "footer")
BUTTON_LABEL = 40
MAX_TEXT = 2000


def check_container(findings: Findings, container: object) -> None:
    """Check a bubble or a carousel."""
    if not isinstance(container, dict):
        findings.add("/", "must be an object")
        return
    match container.get("type"):
        case "bubble":
            _check_bubble(findings, container, pointer="")
        case "carousel":
            _check_carousel(findings, container)
        case _:
            findings.add("/type", "invalid property")


def _check_carousel(findings: Findings, carousel: JsonObject) -> None:
    bubbles = carousel.get("contents")
    if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= MAX_BUBBLES:
        findings.add("/contents", f"must have 1 to {MAX_BUBBLES} bubbles")
        return
    if _size(carousel) > MAX_CAROUSEL_BYTES:
        findings.add("/", f"must be {MAX_CAROUSEL_BYTES} bytes or less")
    for place, bubble in enumerate(bubbles):
        if isinstance(bubble, dict) and bubble.get("type") == "bubble":
            _check_bubble(findings, bubble, pointer=f"/contents/{place}")
        else:
            findings.add(f"/contents/{place}/type", "invalid property")


def _check_bubble(findings: Findings, bubble: JsonObject, *, pointer: str) -> None:
    if _size(bubble) > MAX_BUBBLE_BYTES:
        findings.add(pointer or "/", f"must be {MAX_BUBBLE_BYTES} bytes or less")
    if bubble.get("size", "mega") not in BUBBLE_SIZES:
        findings.add(f"{pointer}/size", "invalid property")
    if not any(part in bubble for part in PARTS):
        findings.add(pointer or "/", "at least one block must be specified")
    for part in PARTS:
        if part not in bubble:
            continue
        allowed = ("box", "image", "video") if part == "hero" else ("box",)
        _check_component(findings, bubble[part], pointer=f"{pointer}/{part}", allowed=allowed)
    if "action" in bubble:
        check_action(findings, bubble["action"], path=f"{pointer}/action", label=None)


def _check_component(
    findings: Findings, component: object, *, pointer: str, allowed: tuple[str, ...], depth: int = 0
) -> None:
    kind = component.get("type") if isinstance(component, dict) else None
    if not isinstance(component, dict) or kind not in allowed or depth > MAX_DEPTH:
        findings.add(pointer, "invalid property")
        return
    match kind:
        case "box":
            _check_box(findings, component, pointer=pointer, depth=depth)
        case "text":
            _check_text(findings, component, pointer=pointer)
        case "button":
            check_action(findings, component.get("action"), path=f"{pointer}/action", label=BUTTON_LABEL)
        case "image" | "icon" | "video":
            url = component.get("url")
            if not isinstance(url, str) or not url.startswith("https://"):
                findings.add(f"{pointer}/url", "invalid uri")
        case _:
            pass
    if kind != "button" and "action" in component:
        check_action(findings, component["action"], path=f"{pointer}/action", label=None)


def _check_box(findings: Findings, box: JsonObject, *, pointer: str, depth: int) -> None:
    if box.get("layout") not in LAYOUTS:
        findings.add(f"{pointer}/layout", "invalid property")
    contents = box.get("contents")
    if not isinstance(contents, list):
        findings.add(f"{pointer}/contents", "must be specified")
        return
    allowed = IN_BASELINE if box.get("layout") == "baseline" else tuple(kind for kind in IN_BOX if kind != "span")
    for place, inner in enumerate(contents):
        _check_component(findings, inner, pointer=f"{pointer}/contents/{place}", allowed=allowed, depth=depth + 1)


def _check_text(findings: Findings, text: JsonObject, *, pointer: str) -> None:
    spans = text.get("contents")
    if isinstance(spans, list) and spans:
        for place, span in enumerate(spans):
            if not isinstance(span, dict) or span.get("type") != "span":
                findings.add(f"{pointer}/contents/{place}", "invalid property")
        return
    words = text.get("text")
    if not isinstance(words, str) or not words:
        findings.add(f"{pointer}/text", "must be non-empty text")
    elif utf16_units(words) > MAX_TEXT:
        findings.add(f"{pointer}/text", f"must be {MAX_TEXT} characters or less")


def _size(part: JsonObject) -> int:
    return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())
