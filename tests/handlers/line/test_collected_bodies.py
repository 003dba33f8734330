"""The bodies of LINE's own SDK tests, each event with what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.models import Delivery
from bot.texts import Language, say
from bot.webhooks.errors import FetchFailed
from bot.webhooks.sender import SafeSender
from handlers.line.media import SET_WAITS
from tests.support.running import Running

FILE = Path(__file__).parents[3] / "../shared/data/04_line_webhook/bodies.dev.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()] if FILE.exists() else []
EVENTS = [event for row in ROWS for event in json.loads(row["body"])["events"]]
SHOP = "巷口咖啡"

pytestmark = pytest.mark.skipif(not ROWS, reason=f"the collected webhook bodies are not here: {FILE}")

# By type, kind of message, kind of source and mode: state, reason, and the text of the reply (None: not looked at).
Effect = tuple[str, str | None, str | None]
GREETING = say("line.greeting", shop=SHOP)
EFFECTS: dict[str, Effect] = {
    "accountLink user": ("answered", None, say("line.account_linked")),
    "beacon user": ("silent", "beacon_enter", ""),
    "follow user": ("answered", None, GREETING),
    "follow user unblocked": ("answered", None, say("line.greeting_again", shop=SHOP)),
    "greatNewFeature user": ("silent", "unknown_type", ""),
    "undefined user": ("silent", "unknown_type", ""),
    "join group": ("answered", None, say("group.joined", shop=SHOP, word=SHOP)),
    "leave group": ("silent", "left", ""),
    "memberJoined group": ("silent", "member_joined", ""),
    "memberLeft group": ("silent", "member_left", ""),
    "message/audio user": ("answered", None, say("line.got_audio")),
    "message/file user": ("answered", None, None),
    "message/image room": ("silent", "not_called", ""),
    "message/image user": ("answered", None, say("line.got_image")),
    "message/image user by line": ("answered", None, say("line.content_gone")),
    "message/location user": ("answered", None, say("line.got_location")),
    "message/sticker user": ("answered", None, say("line.got_sticker")),
    "message/text group": ("silent", "not_called", ""),
    "message/text group standby": ("silent", "mode_standby", ""),
    "message/text room": ("silent", "not_called", ""),
    "message/text user": ("answered", None, say("answer.unknown", Language.EN, shop=SHOP)),
    "message/unknownunknownuknown unknownunknownuknown": ("silent", "not_called", ""),
    "message/video user": ("answered", None, say("line.got_video")),
    "messageEdited group": ("silent", "edit_of_unknown", ""),
    "messageEdited user": ("silent", "edit_of_unknown", ""),
    "postback user": ("answered", None, say("line.old_button")),
    "unfollow user": ("silent", "unfollowed", ""),
    "unsend group": ("silent", "unsend_of_unknown", ""),
    "unsend user": ("silent", "unsend_of_unknown", ""),
    "videoPlayComplete user": ("silent", "video_watched", ""),
}


def kind_of(event: dict[str, Any]) -> str:
    message = event.get("message", {})
    words = [event["type"] + (f"/{message['type']}" if event["type"] == "message" else ""), event["source"]["type"]]
    if event["mode"] == "standby":
        words.append("standby")
    if event.get("follow", {}).get("isUnblocked"):
        words.append("unblocked")
    if message.get("contentProvider", {}).get("type") == "line":
        words.append("by line")
    return " ".join(words)


def made_single(running: Running, event: dict[str, Any], number: int) -> dict[str, Any]:
    """The event with ids of its own and a reply token that LINE gave out: the samples share theirs."""
    channel_id, event_id = running.central.channel_id, f"E{number}"
    source = dict(event["source"])
    if source["type"] == "user":
        source["userId"] = f"U{number:032x}"
    chat = str(source.get("groupId") or source.get("roomId") or source.get("userId") or "U0")
    single = {**event, "webhookEventId": event_id, "deliveryContext": {"isRedelivery": False}, "source": source}
    if "message" in event:
        single["message"] = {**event["message"], "id": str(1000 + number)}
    if event.get("replyToken"):
        single["replyToken"] = running.line.platform.new_reply_token(channel_id, chat, event_id=event_id)
    return single


async def test_every_collected_event_has_its_effect(
    still: Running, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    async def unreachable(*_: object) -> None:
        raise FetchFailed

    monkeypatch.setattr(SafeSender, "send", unreachable)
    await still.shops.open()
    people = still.line.people
    singles = [made_single(still, event, number) for number, event in enumerate(EVENTS)]
    # One request of them all: nobody's event costs another its own.
    await still.line.deliver(*(people.raw(still.central.channel_id, event) for event in singles))
    await still.until(lambda events: sum(event.state in ("received", "working") for event in events) <= 1)
    clock.advance(SET_WAITS)
    await still.settle()
    deliveries = {delivery.id: delivery for delivery in await still.rows(select(Delivery))}
    found = {}
    for event, stored in zip(singles, await still.events(), strict=True):
        reply = deliveries[stored.delivery_id].messages[0]["text"] if stored.delivery_id is not None else ""
        text = reply if EFFECTS.get(kind_of(event), (0, 0, ""))[2] is not None else None
        found[kind_of(event), stored.id] = (stored.state, stored.reason, text)
    assert found == {(kind, stored_id): EFFECTS.get(kind) for kind, stored_id in found}


def test_every_effect_is_of_a_collected_event() -> None:
    assert set(EFFECTS) == {kind_of(event) for event in EVENTS}
