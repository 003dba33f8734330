from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.line.simulator import FaultMode, Told, User, Where
from bot.models import LateAnswer, Message, UnansweredQuestion, Vendor
from bot.speech.port import SpeechError, TranscriberUnavailable, Transcript
from bot.texts import Language, say
from handlers.line.timing import Timing
from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.reading import ImageReader, ImageText, NoText
from tests.support.engine import HeldEngine
from tests.support.running import Running, running
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import tap
from tests.support.waiting import eventually

IMAGE = {"type": "image", "contentProvider": {"type": "line"}}
AUDIO = {"type": "audio", "duration": 3000, "contentProvider": {"type": "line"}}
PICTURE = b"\xff\xd8\xff a picture"


class Reader:
    """Reads what a test says that a picture says; `read` are the bytes that it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *texts: str | ImageRefused) -> None:
        self.read: list[bytes] = []
        self._texts = list(texts)
        monkeypatch.setattr(ImageReader, "read_image", lambda _, data, within: self._look(data))

    async def _look(self, data: bytes) -> ImageText | NoText:
        self.read.append(data)
        text = self._texts[min(len(self.read), len(self._texts)) - 1]
        if isinstance(text, ImageRefused):
            raise text
        return ImageText(text, 0.9) if text else NoText()


class Ear:
    """Hears what a test says."""

    splits_at_pauses = False

    def __init__(self) -> None:
        self.says: str | SpeechError = ASK

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Any:
        if isinstance(self.says, SpeechError):
            raise self.says
        return Transcript(self.says, "zh")

    async def close(self) -> None:
        pass


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def hearing(sqlite_url: str, tmp_path: Path, clock: ManualClock, ear: Ear) -> AsyncIterator[Running]:
    """The product with something that transcribes."""
    async with running(sqlite_url, tmp_path, clock=clock, speech=ear) as started:
        yield started


async def sent(running: Running, user: User, content: dict[str, Any], **more: Any) -> list[str]:
    return await running.answers(await running.line.user_sends(running.central, user, content, **more))


def shown(text: str) -> str:
    return say("line.image_shown", text=text)


# Pictures


async def test_a_picture_of_a_question_is_read_and_answered(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await live.shops.open()
    reader = Reader(monkeypatch, ASK)
    assert await sent(live, live.friend(), IMAGE, data=PICTURE) == [shown(ASK), ANSWER]
    assert reader.read == [PICTURE]
    kept = [(message.kind, message.text) for message in await live.rows(select(Message).order_by(Message.id))]
    assert kept == [("image", ASK), ("text", ANSWER)]


async def test_a_picture_that_nothing_is_known_of_is_asked_back_about(
    still: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await still.shops.open()
    Reader(monkeypatch, "統一發票 AB-12345678 總計 420")
    user = still.friend()
    said = await sent(still, user, IMAGE, data=PICTURE)
    assert said == [shown("統一發票 AB-12345678 總計 420"), say("line.image_unclear")]
    assert await still.rows(select(UnansweredQuestion)) == []
    assert await still.ask(user, ASK) == [ANSWER]


@pytest.mark.parametrize(
    ("found", "key", "values"),
    [
        ("", "line.got_image_blank", {}),
        (ImageRefused(ImageRefusal.HEIC), "media.image_heic", {}),
        (ImageRefused(ImageRefusal.TOO_MANY_PIXELS, limit=50), "media.image_too_many_pixels", {"limit": 50}),
        (ImageRefused(ImageRefusal.TOO_SLOW), "media.image_too_slow", {}),
    ],
)
async def test_what_can_not_be_read_gets_a_fitting_word(
    still: Running, monkeypatch: pytest.MonkeyPatch, found: Any, key: str, values: dict[str, Any]
) -> None:
    await still.shops.open()
    Reader(monkeypatch, found)
    assert await sent(still, still.friend(), IMAGE, data=PICTURE) == [say(key, **values)]


async def test_a_set_of_pictures_is_answered_once(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await still.shops.open()
    reader = Reader(monkeypatch, "你們", "幾點打烊？")
    user, people = still.friend(), still.line.people
    where = Where(still.central.channel_id, user.user_id, user.user_id)
    parts = [
        people.send(where, {**IMAGE, "imageSet": {"id": "S1", "index": at, "total": 2}}, data=PICTURE) for at in (1, 2)
    ]
    await still.line.deliver(*parts)
    await still.settle()
    assert still.seen(user) == [shown("你們 幾點打烊？"), ANSWER]
    assert len(reader.read) == 2
    assert {state for state, _ in await still.ends()} == {"answered"}


async def test_a_set_that_never_gets_whole_is_answered_all_the_same(
    still: Running, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    await still.shops.open()
    Reader(monkeypatch, ASK)
    user = still.friend()
    content = {**IMAGE, "imageSet": {"id": "S1", "index": 1, "total": 2}}
    told = await still.line.user_sends(still.central, user, content, data=PICTURE)
    await still.until(lambda events: events[0].attempts == 1 and events[0].due_at > clock.now())
    clock.advance(timedelta(seconds=4))
    assert await still.answers(told) == [shown(ASK), ANSWER]


async def test_a_content_that_line_still_prepares_is_waited_for(
    still: Running, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    await still.shops.open()
    Reader(monkeypatch, ASK)
    told = await still.line.user_sends(still.central, still.friend(), IMAGE, data=PICTURE, ready_after=5)
    await still.until(lambda events: events[0].due_at > clock.now())
    clock.advance(timedelta(seconds=6))
    assert await still.answers(told) == [shown(ASK), ANSWER]


async def test_a_content_that_never_comes_is_given_up_while_the_token_lives(
    still: Running, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    await still.shops.open()
    Reader(monkeypatch, ASK)
    told = await still.line.user_sends(still.central, still.friend(), IMAGE, data=PICTURE, ready_after=900)
    await still.until(lambda events: events[0].due_at > clock.now())
    clock.advance(timedelta(seconds=39))
    assert await still.answers(told) == [say("line.got_image")]


@pytest.mark.parametrize(
    ("status", "key"), [(404, "line.content_gone"), (410, "line.content_gone"), (403, "line.got_image")]
)
async def test_a_content_that_is_gone_or_refused_is_said_at_once(still: Running, status: int, key: str) -> None:
    await still.shops.open()
    still.line.fail(FaultMode.STATUS, endpoint="content", status=status, times=None)
    assert await sent(still, still.friend(), IMAGE, data=PICTURE) == [say(key)]


async def test_a_picture_above_the_limit_is_not_read(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await still.shops.open()
    monkeypatch.setattr("handlers.line.media.MOST_IMAGE", 4)
    reader = Reader(monkeypatch, ASK)
    assert await sent(still, still.friend(), IMAGE, data=PICTURE) == [say("line.content_too_large", limit=0)]
    assert reader.read == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/secret.jpg", "http://169.254.169.254/latest", "file:///etc/passwd", ""]
)
async def test_an_external_address_inside_is_never_fetched(
    still: Running, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    await still.shops.open()
    reader = Reader(monkeypatch, ASK)
    provider = {"type": "external", "originalContentUrl": url}
    assert await sent(still, still.friend(), {"type": "image", "contentProvider": provider}) == [say("line.got_image")]
    assert reader.read == []


async def test_a_picture_that_is_taken_back_meanwhile_gets_no_answer(
    still: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await still.shops.open()
    Reader(monkeypatch, ASK)
    user, people = still.friend(), still.line.people
    said = people.send(Where(still.central.channel_id, user.user_id, user.user_id), IMAGE, data=PICTURE)
    assert said is not None
    assert said.message is not None
    await still.line.deliver(said, people.unsend(said.message.message_id))
    await still.settle()
    assert still.seen(user) == []


async def test_the_words_of_a_picture_go_with_it(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await still.shops.open()
    Reader(monkeypatch, "我的電話 0912345678")
    told = await still.line.user_sends(still.central, still.friend(), IMAGE, data=PICTURE)
    await still.settle()
    await still.line.unsend(Told(told.occurrence, ()))
    await still.settle()
    assert {message.text for message in await still.rows(select(Message))} == {""}


async def test_nothing_is_fetched_before_the_webhook_is_answered(still: Running) -> None:
    await still.shops.open()
    still.line.fail(FaultMode.SLOW, endpoint="content", seconds=0.3, times=None)
    told = await still.line.user_sends(still.central, still.friend(), IMAGE, data=PICTURE)
    assert [attempt.status for attempt in told.attempts] == [200]
    calls = [call.path for call in still.line.platform.calls if "content" in call.path and call.status == 200]
    assert calls == []
    await still.settle()


async def test_a_picture_whose_answer_takes_long_leaves_the_button_and_what_was_read(
    sqlite_url: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldEngine(monkeypatch)
    Reader(monkeypatch, ASK)
    timing = Timing(patience=timedelta(milliseconds=60), last_chance=timedelta(milliseconds=30))
    async with running(sqlite_url, tmp_path, clock=clock, timing=timing) as hurried:
        await hurried.shops.open()
        user = hurried.friend()
        assert await sent(hurried, user, IMAGE, data=PICTURE) == [shown(ASK), say("line.late")]
        held.let_go.set()
        await eventually(lambda: fetched(hurried))
        assert await tap(hurried, user, say("line.see_answer")) == [ANSWER]


async def fetched(running: Running) -> bool:
    """Whether the late answer is there."""
    return await running.rows(select(LateAnswer.state)) == ["ready"]


# Voices


async def test_a_voice_message_is_answered_with_what_was_heard(hearing: Running) -> None:
    await hearing.shops.open()
    said = await sent(hearing, hearing.friend(), AUDIO, data=b"voice", content_type="audio/mp4")
    assert said == [say("line.audio_shown", text=ASK), ANSWER]


async def test_a_question_by_voice_that_nobody_knew_is_gathered(hearing: Running, ear: Ear) -> None:
    await hearing.shops.open()
    ear.says = "可以帶大象來嗎？"
    await sent(hearing, hearing.friend(), AUDIO, data=b"voice")
    assert [row.text for row in await hearing.rows(select(UnansweredQuestion))] == ["可以帶大象來嗎？"]


@pytest.mark.parametrize(
    ("says", "key"),
    [("", "media.speech_silent"), (TranscriberUnavailable("x"), "media.speech_unavailable")],
)
async def test_a_voice_message_that_is_not_understood_gets_a_fitting_word(
    hearing: Running, ear: Ear, says: Any, key: str
) -> None:
    await hearing.shops.open()
    ear.says = says
    assert await sent(hearing, hearing.friend(), AUDIO, data=b"voice") == [say(key)]


async def test_a_very_long_voice_message_is_not_even_fetched(hearing: Running) -> None:
    await hearing.shops.open()
    content = {**AUDIO, "duration": 400_000}
    assert await sent(hearing, hearing.friend(), content, data=b"voice") == [say("media.speech_too_long")]
    assert [call for call in hearing.line.platform.calls if "content" in call.path] == []


# Everything else


@pytest.mark.parametrize(
    ("content", "key", "values"),
    [
        (AUDIO, "line.got_audio", {}),
        ({"type": "video", "duration": 1}, "line.got_video", {}),
        ({"type": "file", "fileName": "合約.pdf", "fileSize": 10}, "line.got_file", {"name": "合約.pdf"}),
        ({"type": "file"}, "line.got_file_unnamed", {}),
        ({"type": "file", "fileName": "a.JPG", "fileSize": 2**24}, "media.image_too_large", {"limit": 10}),
        ({"type": "location", "latitude": 25.0, "longitude": 121.5}, "line.got_location", {}),
        ({"type": "sticker", "packageId": "1", "stickerId": "2", "keywords": ["bed", "sleep"]}, "line.got_sticker", {}),
        (
            {"type": "sticker", "packageId": "1", "stickerId": "2", "keywords": ["Hello"]},
            "answer.greeting",
            {"shop": "巷口咖啡"},
        ),
        ({"type": "sticker", "packageId": "1", "stickerId": "2", "text": "謝謝"}, "answer.thanks", {}),
        ({"type": "hologram"}, "line.got_unknown", {}),
    ],
)
async def test_each_kind_gets_its_word(
    still: Running, content: dict[str, Any], key: str, values: dict[str, Any]
) -> None:
    await still.shops.open()
    assert await sent(still, still.friend(), content) == [say(key, **values)]


async def test_a_picture_sent_as_a_file_is_read_too(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await still.shops.open()
    Reader(monkeypatch, ASK)
    content = {"type": "file", "fileName": "截圖.PNG", "fileSize": len(PICTURE)}
    assert await sent(still, still.friend(), content, data=PICTURE) == [shown(ASK), ANSWER]


async def test_a_location_is_answered_with_the_shops_address(still: Running) -> None:
    bot = await still.shops.open()
    async with still.database.unit_of_work() as session:
        (await session.get_one(Vendor, bot.vendor_id)).address = "台北市中山路 1 號"
    said = await sent(still, still.friend(), {"type": "location", "latitude": 25.0, "longitude": 121.5})
    assert said == [say("line.got_location_address", shop=bot.store_name, address="台北市中山路 1 號")]


async def test_what_has_no_words_is_answered_in_the_language_of_the_last_ones(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    await still.ask(user, "Hello there")
    assert await sent(still, user, {"type": "video", "duration": 1}) == [say("line.got_video", Language.EN)]
    await still.ask(user, "你好")
    assert await sent(still, user, {"type": "video", "duration": 1}) == [say("line.got_video")]
