"""Template messages: buttons, confirm, carousel, image carousel.

Limits: Messaging API reference, "Template messages".
"""

from __future__ import annotations

from bot.line.simulator.model import JsonObject
from bot.line.simulator.rules.actions import check_action
from bot.line.simulator.rules.findings import Findings

KINDS = ("buttons", "confirm", "carousel", "image_carousel")
LABEL = 20
IMAGE_LABEL = 12
MAX_COLUMNS = 10


def check_template(findings: Findings, message: JsonObject, *, path: str) -> None:
    template, where = message.get("template"), f"{path}.template"
    if not isinstance(template, dict):
        findings.add(where, "May not be empty")
        return
    match findings.choice(template, "type", path=where, allowed=KINDS):
        case "buttons":
            limit = 60 if template.get("title") or template.get("thumbnailImageUrl") else 160
            _check_card(findings, template, path=where, text=limit, most=4)
        case "confirm":
            findings.label(template, "text", path=where, limit=240)
            _check_actions(findings, template, path=where, least=2, most=2)
        case "carousel":
            _check_columns(findings, template, path=where)
        case "image_carousel":
            for place, column in enumerate(findings.items(template, "columns", path=where, least=1, most=MAX_COLUMNS)):
                findings.url(column, "imageUrl", path=f"{where}.columns[{place}]")
                action_path = f"{where}.columns[{place}].action"
                check_action(findings, column.get("action"), path=action_path, label=IMAGE_LABEL)
        case _:
            pass


def _check_columns(findings: Findings, template: JsonObject, *, path: str) -> None:
    columns = findings.items(template, "columns", path=path, least=1, most=MAX_COLUMNS)
    for place, column in enumerate(columns):
        limit = 60 if column.get("title") or column.get("thumbnailImageUrl") else 120
        _check_card(findings, column, path=f"{path}.columns[{place}]", text=limit, most=3)
    # LINE refuses a carousel whose columns differ in the number of actions.
    if len({len(column["actions"]) for column in columns if isinstance(column.get("actions"), list)}) > 1:
        findings.add(f"{path}.columns", "The number of actions must be the same in all columns")


def _check_card(findings: Findings, card: JsonObject, *, path: str, text: int, most: int) -> None:
    findings.label(card, "text", path=path, limit=text)
    findings.label(card, "title", path=path, limit=40, required=False)
    findings.url(card, "thumbnailImageUrl", path=path, required=False)
    _check_actions(findings, card, path=path, least=1, most=most)
    if "defaultAction" in card:
        check_action(findings, card["defaultAction"], path=f"{path}.defaultAction", label=None)


def _check_actions(findings: Findings, card: JsonObject, *, path: str, least: int, most: int) -> None:
    for place, action in enumerate(findings.items(card, "actions", path=path, least=least, most=most)):
        check_action(findings, action, path=f"{path}.actions[{place}]", label=LABEL)
