import asyncio
import json
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import AsyncJob, CallRecording
from partner_api.caller import Environment
from partner_api.calls import service
from partner_api.calls.repository import recording_of
from tests.partner_api.conftest import AUDIO, TRANSCRIPT, WAV, Office, office_on, refused
from tests.support.partners import api_on, make_key, served
from tests.support.settings import MakeSettings

ONCE = {"X-Idempotency-Key": "unique-request-id-123"}
COUNT = select(func.count(AsyncJob.id))
CALL_TYPES = "'sales_call', 'support_call', 'collection_call', 'appointment_call' or 'general'"
UNKNOWN = str(uuid4())


async def kept(office: Office, job_id: str) -> CallRecording:
    async with office.api.database.reading() as session:
        found = await recording_of(session, office.key.caller.principal, UUID(job_id))
    assert found is not None
    return found


async def test_a_call_is_accepted_with_the_documented_answer_alone(office: Office, woken: list[str]) -> None:
    answer = await office.analyze(audio_file=AUDIO, transcript=None, call_type="sales_call")
    job_id = answer.body["job_id"]
    assert (answer.status, answer.body) == (
        202,
        {
            "job_id": job_id,
            "status": "queued",
            "estimated_time": "2-3 minutes",
            "message": "Analysis job created successfully",
        },
    )
    assert woken == [f"call:{job_id}"]
    recording = await kept(office, job_id)
    assert (recording.data, recording.content_type, recording.transcript) == (WAV, "audio/wav", None)


async def test_a_field_that_is_null_is_as_if_it_were_not_given(office: Office) -> None:
    optional = ("audio_file", "call_type", "webhook_url", "language", "mask_personal", "channels", "metadata")
    body = {"company_id": office.company_id, "agent_id": office.agent_id, "transcript": TRANSCRIPT}
    answer = await office.call("POST", "/calls/analyze", json=body | dict.fromkeys(optional))
    assert answer.status == 202, answer
    [request] = await office.rows(select(AsyncJob.request))
    assert (request["call_type"], request["mask_personal"]) == ("general", False)
    agent = {"email": "b@testcompany.com", "name": "Jane Doe", "role": None}
    made = await office.call("POST", f"/companies/{office.company_id}/agents/create", json=agent)
    assert (made.status, made.body["role"]) == (201, "agent")


async def test_a_job_knows_what_was_asked_for_and_whose_it_is(office: Office) -> None:
    extras = {"metadata": {"crm": 7, "שם": "中文"}, "language": "zh-TW", "channels": ["customer", "agent"]}
    await office.job(call_type="support_call", mask_personal=True, **extras)
    [job] = await office.rows(select(AsyncJob))
    assert job.request == {
        "call_type": "support_call", "language": "zh", "mask_personal": True, "channels": ["customer", "agent"],
        "metadata": {"crm": 7, "שם": "中文"}, "audio": None, "audio_bytes": None, "transcript": True,
    }  # fmt: skip
    caller = office.key.caller
    assert (job.tenant_id, job.environment) == (caller.principal.tenant_id, "production")
    assert (str(job.company_id), str(job.agent_id)) == (office.company_id, office.agent_id)
    assert (job.partner_api_key_id, job.signer_id) == (caller.key_id, caller.signer_id)
    assert job.due_at == job.created_at


async def test_transcripts_are_kept_as_turns_however_they_come(office: Office) -> None:
    said = [("agent", "Thank you for calling."), ("customer", "What does it cost?")]
    as_list = [
        {"speaker": "john doe", "text": said[0][1], "start": 0, "end": 1.5},
        {"speaker": "Client", "text": said[1][1]},
    ]
    for transcript, times in ((TRANSCRIPT, (None, None)), (as_list, (0.0, 1.5))):
        turns = (await kept(office, await office.job(transcript=transcript))).transcript or []
        assert [(turn["speaker"], turn["text"]) for turn in turns] == said
        assert (turns[0]["start"], turns[0]["end"]) == times


async def test_an_address_is_kept_to_be_fetched_and_a_transcript_may_go_with_it(office: Office) -> None:
    job_id = await office.job(audio_file="https://example.com/call.mp3", webhook_url="https://example.com/hook")
    recording = await kept(office, job_id)
    assert (recording.url, recording.data, len(recording.transcript or [])) == ("https://example.com/call.mp3", None, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"transcript": None}, "The request body needs audio_file, transcript, or both."),
        ({"transcript": ""}, "transcript must hold something that was said."),
        ({"transcript": 7}, "transcript should be a text, or a list of turns."),
        ({"transcript": [{"speaker": "agent"}]}, "transcript.0.text is required."),
        ({"transcript": [{"text": "a", "start": 2, "end": 1}]}, "transcript.0 must not end before it starts."),
        ({"transcript": [{"text": "a", "end": "1"}]}, "transcript.0.end should be a valid number."),
        ({"transcript": [{"text": "a", "channel": True}]}, "transcript.0.channel should be a valid integer."),
        ({"transcript": ["a"]}, "transcript.0 should be an object."),
        ({"transcript": "a\n" * 5_001}, "transcript should have at most 5000 items."),
        ({"transcript": "x" * 200_001}, "transcript should have at most 200000 characters."),
        ({"transcript": [{"text": "x" * 150_000}] * 2}, "transcript should have at most 200000 characters."),
        ({"call_type": "chat"}, f"call_type should be {CALL_TYPES}."),
        ({"language": "Klingon"}, "language must be an ISO 639-1 code such as en, zh or he."),
        ({"mask_personal": "true"}, "mask_personal should be a valid boolean."),
        ({"channels": ["agent"]}, 'channels must be ["agent", "customer"] or ["customer", "agent"].'),
        ({"channels": ["agent", "agent"]}, 'channels must be ["agent", "customer"] or ["customer", "agent"].'),
        ({"channels": ["agent", "dog"]}, "channels.1 should be 'agent' or 'customer'."),
        ({"metadata": {"a": {}}}, "metadata must hold texts, numbers, true, false and null alone."),
        ({"metadata": {"a": 10**20}}, "metadata must hold numbers of at most 2^53."),
        ({"metadata": {"a": "x" * 501}}, "metadata must hold texts of at most 500 characters."),
        ({"metadata": {"": 1}}, "metadata must have names of 1 to 40 characters."),
        ({"metadata": dict.fromkeys(map(str, range(21)))}, "metadata must have at most 20 names."),
        ({"company_id": 7}, "company_id should be a valid string."),
        ({"agent_id": None}, "agent_id is required."),
    ],
)
async def test_a_wrong_call_is_400_and_says_why(office: Office, changes: dict[str, Any], message: str) -> None:
    answer = await office.analyze(**changes)
    assert (answer.status, answer.body["error"]) == (400, {"code": "bad_request", "message": message})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audio_file": "nothing"}, "unsupported_audio"),
        ({"audio_file": ""}, "unsupported_audio"),
        ({"webhook_url": ""}, "unsafe_url"),
        ({"webhook_url": "http://127.0.0.1/x"}, "unsafe_url"),
        ({"audio_file": "file:///etc/passwd"}, "unsafe_url"),
        ({"audio_file": "http://169.254.169.254/latest"}, "unsafe_url"),
    ],
)
async def test_an_unusable_recording_or_address_is_400_and_uses_no_key_up(
    office: Office, changes: dict[str, Any], code: str
) -> None:
    assert refused(await office.analyze(headers=ONCE, **changes)) == (400, code)
    assert await office.rows(COUNT) == [0]
    assert (await office.analyze(headers=ONCE)).status == 202


async def test_foreign_companies_and_agents_are_not_there(office: Office) -> None:
    other = await office_on(office.api, office.client)
    for company_id in (other.company_id, UNKNOWN, "x", ""):
        assert refused(await office.analyze(company_id=company_id)) == (404, "company_not_found")
    for agent_id in (other.agent_id, UNKNOWN, "x", "{" + office.agent_id + "}"):
        assert refused(await office.analyze(agent_id=agent_id)) == (404, "agent_not_found")
    crossed = await other.analyze(company_id=office.company_id, agent_id=office.agent_id)
    assert refused(crossed) == (404, "company_not_found")
    assert await office.rows(COUNT) == [0]


async def test_a_bound_key_and_a_sandbox_key_reach_their_own_alone(office: Office) -> None:
    second = (await office.call("POST", "/companies/create", json={"name": "Second"})).body["id"]
    bound = await make_key(office.api, await office.partner(), company_id=UUID(second))
    sandbox = await make_key(office.api, await office.partner(), environment=Environment.SANDBOX)
    for key in (bound, sandbox):
        assert refused(await office.analyze(key=key)) == (404, "company_not_found")
    everybodys = await make_key(office.api, all_companies=True)
    assert (await office.analyze(key=everybodys)).status == 202
    [job] = await office.rows(select(AsyncJob))
    assert job.tenant_id == everybodys.caller.principal.tenant_id


async def test_the_same_request_again_is_the_same_job_to_the_byte(office: Office) -> None:
    raw = json.dumps({"company_id": office.company_id, "agent_id": office.agent_id, "audio_file": AUDIO})
    url, sent = f"{office.client.url}/api/partner/v1/calls/analyze", dict(office.key.headers) | ONCE
    bodies = []
    for _ in range(2):
        async with office.client.session.post(url, data=raw, headers=sent) as response:
            bodies.append((response.status, await response.read(), response.headers.get("Idempotency-Replayed")))
    assert bodies == [(202, bodies[0][1], None), (202, bodies[0][1], "true")]
    assert (await office.analyze(headers=ONCE)).status == 422
    other = await make_key(office.api, await office.partner())
    assert (await office.analyze(key=other, headers=ONCE)).status == 202
    assert await office.rows(COUNT) == [2]


async def test_a_key_may_have_so_many_open_jobs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_OPEN_JOBS", 2)
    for _ in range(2):
        await office.job()
    answer = await office.analyze()
    assert (refused(answer), answer.headers["Retry-After"]) == ((429, "too_many_jobs"), "30")
    assert (await office.analyze(key=await make_key(office.api, await office.partner()))).status == 202
    await office.change(update(AsyncJob).values(state="completed", due_at=None))
    assert (await office.analyze()).status == 202


async def test_50_at_once_with_one_key_make_one_job(
    database: Database, clock: ManualClock, settings: MakeSettings
) -> None:
    api = api_on(database, settings(), clock)
    async with served(api) as client:
        office = await office_on(api, client)
        answers = await asyncio.gather(*(office.analyze(headers=ONCE, audio_file=AUDIO) for _ in range(50)))
        statuses = Counter(answer.status for answer in answers)
        assert set(statuses) <= {202, 409}
        assert len({json.dumps(answer.body) for answer in answers if answer.status == 202}) == 1
        assert all(answer.headers["Retry-After"] for answer in answers if answer.status == 409)
        assert await office.rows(COUNT) == [1]
