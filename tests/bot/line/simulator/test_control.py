"""The control API, as another process uses it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.bot.line.simulator.staging import Stage


def act(stage: Stage, **step: Any) -> dict[str, Any]:
    return {"channel_id": stage.channel.channel_id, "user_id": stage.user.user_id, "wait": True} | step


async def test_another_process_can_write_and_read_the_log(stage: Stage) -> None:
    status, answer = await stage.control("POST", "/act", act(stage, do="say", text="嗨", copies=2))
    assert (status, [attempt["status"] for attempt in answer["attempts"]]) == (200, [200, 200])
    _, log = await stage.control("GET", f"/log?since={answer['attempts'][0]['number']}")
    assert [entry["kind"] for entry in log["entries"]] == ["webhook"]
    assert json.loads(stage.bot.bodies[0])["events"] == answer["events"]


@pytest.mark.parametrize(
    "step",
    [
        {"do": "follow"},
        {"do": "block"},
        {"do": "postback", "data": "a=1", "display_text": "看答案"},
        {"do": "send", "content": {"type": "image"}, "data": base64.b64encode(b"x").decode()},
    ],
)
async def test_the_steps_of_a_person_reach_the_bot(stage: Stage, step: dict[str, Any]) -> None:
    assert (await stage.control("POST", "/act", act(stage, **step)))[0] == 200
    assert len(stage.bot.bodies) == 1


async def test_raw_events_are_sent_unchanged_in_one_request(stage: Stage) -> None:
    events = [{"type": "dream"}, {"type": "message", "source": None}]
    body = {"do": "raw", "channel_id": stage.channel.channel_id, "events": events, "wait": True}
    assert (await stage.control("POST", "/act", body))[0] == 200
    assert json.loads(stage.bot.bodies[0])["events"] == events


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ({"do": "dance"}, 400),
        ({"do": "say"}, 400),
        ({"do": "say", "text": "嗨", "user_id": "U0"}, 404),
        ({"do": "say", "text": "嗨", "extra": 1}, 400),
        ({"do": "send", "content": {}}, 400),
        ({"do": "unsend", "message_id": "1", "user_id": ""}, 400),
    ],
)
async def test_a_wrong_step_is_told_what_is_wrong(stage: Stage, step: dict[str, Any], status: int) -> None:
    got, answer = await stage.control("POST", "/act", act(stage, **step))
    assert got == status
    assert set(answer["error"]) == {"code", "message"}


async def test_a_form_from_another_site_is_refused(stage: Stage) -> None:
    data = json.dumps(act(stage, do="say", text="嗨"))
    url = f"{stage.line.base_url}/_simulator/act"
    async with stage.session.post(url, data=data, headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 400
    assert stage.bot.bodies == []


async def test_people_groups_and_accounts_can_be_made(stage: Stage) -> None:
    _, user = await stage.control("POST", "/users", {"display_name": "小美"})
    _, group = await stage.control("POST", "/groups", {"name": "鄰居", "members": [user["user_id"]]})
    _, channel = await stage.control("POST", "/channels", {"name": "新店"})
    _, state = await stage.control("GET", "/state")
    assert [one["display_name"] for one in state["users"]] == ["小明", "小美"]
    assert state["groups"][0]["members"] == group["members"] == [user["user_id"]]
    assert channel["access_token"] not in json.dumps(state)


async def test_a_channel_can_be_changed_and_its_webhooks_held_and_released(stage: Stage) -> None:
    path = f"/channels/{stage.channel.channel_id}"
    _, changed = await stage.control("PATCH", path, {"monthly_limit": 5, "redelivery": [1.0]})
    assert (changed["monthly_limit"], changed["redelivery"]) == (5, [1.0])
    await stage.control("POST", f"{path}/hold", {})
    await stage.control("POST", "/act", act(stage, do="say", text="嗨"))
    assert stage.bot.bodies == []
    _, released = await stage.control("POST", f"{path}/release", {"shuffle": True, "copies": 2})
    assert len(released["attempts"]) == len(stage.bot.bodies) == 2


async def test_a_webhook_can_be_redelivered_by_its_number(stage: Stage) -> None:
    _, answer = await stage.control("POST", "/act", act(stage, do="say", text="嗨"))
    number = answer["attempts"][0]["number"]
    assert (await stage.control("POST", f"/webhooks/{number}/redeliver", {}))[1]["redelivery"] == 1
    assert (await stage.control("POST", "/webhooks/99/redeliver", {}))[0] == 404


async def test_faults_can_be_set_seen_and_cleared(stage: Stage) -> None:
    await stage.control("POST", "/faults", {"mode": "status", "endpoint": "info", "status": 503})
    assert len((await stage.control("GET", "/faults"))[1]["faults"]) == 1
    assert (await stage.call("GET", "/v2/bot/info"))[0] == 503
    await stage.control("POST", "/faults", {"mode": "hang"})
    await stage.control("DELETE", "/faults")
    assert (await stage.call("GET", "/v2/bot/info"))[0] == 200


@pytest.mark.parametrize(
    ("given", "answered", "disposition"),
    [
        ("image/png", "image/png", None),
        ("audio/x-m4a", "audio/x-m4a", None),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
    ],
)
async def test_content_that_could_act_as_a_page_is_only_downloaded(
    stage: Stage, given: str, answered: str, disposition: str | None
) -> None:
    sent = await stage.line.user_sends(stage.channel, stage.user, {"type": "file"}, data=b"x", content_type=given)
    async with stage.session.get(f"{stage.line.base_url}/_simulator/content/{sent.message_id}") as response:
        shown = response.content_type, response.headers.get("Content-Disposition")
    assert shown == (answered, disposition)
