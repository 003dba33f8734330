"""Message objects that a bot sends. Limits: Messaging API reference, "Message objects"."""

from __future__ import annotations

from bot.line.simulator.model import JsonObject
from bot.line.simulator.rules.actions import check_action
from bot.line.simulator.rules.counting import graphemes
from bot.line.simulator.rules.findings import Findings
from bot.line.simulator.rules.flex import check_container
from bot.line.simulator.rules.templates import check_template

KINDS = (
    "text",
    "textV2",
    "sticker",
    "image",
    "video",
    "audio",
    "location",
    "imagemap",
    "template",
    "flex",
    "coupon",
)
MAX_MESSAGES = 5
MAX_TEXT = 5000
MAX_QUICK_REPLIES = 13
MAX_ALT_TEXT = 400
MAX_SENDER_NAME = 20


def problem_with(body: JsonObject) -> JsonObject | None:
    """LINE's error answer for the `messages` of a request body, or None where they are in order."""
    fields, flex = Findings(), Findings()
    messages = fields.items(body, "messages", path="", least=1, most=MAX_MESSAGES)
    flawed = 0
    for place, message in enumerate(messages):
        found = len(flex.details)
        _check_message(fields, flex, message, path=f"messages[{place}]")
        if not found and flex.details:
            flawed = place
    if fields.details:
        return {"message": f"The request body has {len(fields.details)} error(s)", "details": fields.details}
    if flex.details:
        return {"message": f"A message (messages[{flawed}]) in the request body is invalid", "details": flex.details}
    return None


def _check_message(findings: Findings, flex: Findings, message: JsonObject, *, path: str) -> None:
    match findings.choice(message, "type", path=path, allowed=KINDS):
        case "text" | "textV2":
            findings.text(message, "text", path=path, limit=MAX_TEXT)
        case "sticker":
            findings.text(message, "packageId", path=path, limit=20)
            findings.text(message, "stickerId", path=path, limit=20)
        case "image" | "video":
            findings.url(message, "originalContentUrl", path=path)
            findings.url(message, "previewImageUrl", path=path)
        case "audio":
            findings.url(message, "originalContentUrl", path=path)
            if not isinstance(message.get("duration"), int):
                findings.add(f"{path}.duration", "May not be empty")
        case "location":
            _check_location(findings, message, path=path)
        case "template":
            findings.text(message, "altText", path=path, limit=MAX_ALT_TEXT)
            check_template(findings, message, path=path)
        case "flex":
            findings.text(message, "altText", path=path, limit=MAX_ALT_TEXT)
            check_container(flex, message.get("contents"))
        case _:
            pass
    _check_quick_reply(findings, message, path=path)
    _check_sender(findings, message, path=path)


def _check_location(findings: Findings, message: JsonObject, *, path: str) -> None:
    findings.label(message, "title", path=path, limit=100)
    findings.label(message, "address", path=path, limit=100)
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = message.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > most:
            findings.add(f"{path}.{name}", f"Must be between -{most} and {most}")


def _check_quick_reply(findings: Findings, message: JsonObject, *, path: str) -> None:
    quick_reply, where = message.get("quickReply"), f"{path}.quickReply"
    if quick_reply is None:
        return
    if not isinstance(quick_reply, dict):
        findings.add(where, "Must be an object")
        return
    for place, item in enumerate(findings.items(quick_reply, "items", path=where, least=1, most=MAX_QUICK_REPLIES)):
        findings.url(item, "imageUrl", path=f"{where}.items[{place}]", required=False)
        check_action(findings, item.get("action"), path=f"{where}.items[{place}].action", label=20, quick=True)


def _check_sender(findings: Findings, message: JsonObject, *, path: str) -> None:
    sender = message.get("sender")
    if isinstance(sender, dict):
        findings.text(sender, "name", path=f"{path}.sender", limit=MAX_SENDER_NAME, count=graphemes, required=False)
        findings.url(sender, "iconUrl", path=f"{path}.sender", required=False)
