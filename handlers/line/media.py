"""What people send that isn't text: read or heard where that can be done, else a fitting word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.line.events import MediaContent, MediaKind
from bot.line.splitting import clipped
from bot.models import Bot
from bot.speech.port import SpeechError, Transcriber
from bot.texts import language_of, say
from handlers.line.asking import principal_of
from handlers.line.chat import Answered, Chat, Heard
from handlers.line.contents import MEGABYTE, Contents, Missing
from handlers.line.rendering import messages_for
from handlers.line.responses import Incoming, Later, Reply, Response
from handlers.line.router import Turn
from handlers.line.situation import Situation
from handlers.line.timing import Timing
from knowledge import repository as knowledge
from knowledge.composing import smalltalk
from knowledge.media.errors import ImageRefused
from knowledge.media.reading import ImageReader, ImageText

MOST_IMAGE, MOST_AUDIO = 10 * MEGABYTE, 20 * MEGABYTE
LONGEST_AUDIO = timedelta(minutes=5)
MOST_IMAGES = 5
# The parts of one picture set come as events of their own, one shortly after the other.
SET_WAITS, LOOK_AGAIN = timedelta(seconds=3), timedelta(milliseconds=500)
# Of the time that is left for an answer, reading takes at most this share; the engine needs the rest.
READING = 0.6
# What of a picture is asked about, and what of it and of a voice message is shown back.
ASKED, SHOWN, SHOWN_VOICE = 600, 60, 300
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
_SMALL_TALK = ("greeting", "thanks", "goodbye", "acknowledged")


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is said where nothing could be made of it: the key of a text and its values. `covers` as for a Reply."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    covers: tuple[Incoming, ...] = ()


class Media:
    """Reads and listens before the transaction. Without `images` or `speech` it only says so."""

    def __init__(
        self,
        database: Database,
        chat: Chat,
        contents: Contents,
        *,
        images: ImageReader | None,
        speech: Transcriber | None,
        clock: Clock,
        timing: Timing,
    ) -> None:
        self._database = database
        self._chat = chat
        self._contents = contents
        self._images = images
        self._speech = speech
        self._clock = clock
        self._timing = timing

    async def prepare(self, incoming: Incoming, situation: Situation) -> Answered | Fitting | Response:
        """Make text of it and ask the engine, or find out what else is to be said."""
        content, bot = incoming.media, situation.bot
        if content is None:
            return Fitting("line.got_unknown")
        if bot is None:
            return Answered()
        if self._images is not None and _is_picture(content):
            return await self._look(self._images, incoming, situation)
        if self._speech is not None and content.kind is MediaKind.AUDIO:
            return await self._listen(self._speech, incoming, situation, content)
        if content.kind is MediaKind.LOCATION:
            return await self._place(bot)
        return fitting(content, bot)

    async def respond(self, session: AsyncSession, turn: Turn) -> Response:
        """Say what was found out."""
        found = turn.prepared
        if not isinstance(found, Fitting):
            return await self._chat.record(session, turn)
        text = say(found.key, turn.situation.language, **found.values)
        bot = turn.situation.bot
        return Reply(messages=messages_for(text), bot_id=bot.id if bot is not None else None, covers=found.covers)

    async def _look(
        self, images: ImageReader, incoming: Incoming, situation: Situation
    ) -> Answered | Fitting | Response:
        """Read a picture, or all of a set at once, and ask about what stands in it."""
        if (wait := self._wait_for_set(incoming)) is not None:
            return Later(wait)
        following = (one for one in incoming.following if one.message_id not in situation.taken_back)
        parts = (incoming, *following)
        await self._chat.show_loading(incoming)
        words: dict[int, str] = {}
        missing = Missing("line.got_image_blank")
        for part in parts[:MOST_IMAGES]:
            read = await self._read(images, part)
            if isinstance(read, Later):
                return read
            if isinstance(read, Missing):
                missing = read
            else:
                words[part.event_id] = read
        text = clipped("\n".join(words.values()), limit=ASKED)
        if not text:
            return Fitting(missing.key, dict(missing.values), covers=parts[1:])
        shown = clipped(" ".join(text.split()), limit=SHOWN)
        language = situation.language
        heard = Heard(
            kind=str(MediaKind.IMAGE),
            words=words,
            question=say("line.image_asks", language, text=text),
            shown=say("line.image_shown", language, text=shown),
            unclear=say("line.image_unclear", language),
        )
        return await self._chat.ask(incoming, situation, heard, covers=parts[1:])

    async def _read(self, images: ImageReader, part: Incoming) -> str | Missing | Later:
        """The text in one picture."""
        data = await self._contents.fetch(part, limit=MOST_IMAGE, otherwise="line.got_image")
        if not isinstance(data, bytes):
            return data
        try:
            found = await images.read_image(data, within=self._seconds_for(part))
        except ImageRefused as refused:
            return Missing(refused.text_key, refused.values)
        return found.text if isinstance(found, ImageText) else Missing("line.got_image_blank")

    async def _listen(
        self, speech: Transcriber, incoming: Incoming, situation: Situation, content: MediaContent
    ) -> Answered | Fitting | Response:
        """Write down a voice message and ask what was said."""
        if content.duration is not None and timedelta(milliseconds=content.duration) > LONGEST_AUDIO:
            return Fitting("media.speech_too_long")
        await self._chat.show_loading(incoming)
        text = await self._transcribed(speech, incoming)
        if not isinstance(text, str):
            return text
        heard = Heard(
            kind=str(MediaKind.AUDIO),
            words={incoming.event_id: text},
            question=text,
            shown=say("line.audio_shown", language_of(text), text=clipped(text, limit=SHOWN_VOICE)),
        )
        return await self._chat.ask(incoming, replace(situation, language=language_of(text)), heard)

    async def _transcribed(self, speech: Transcriber, incoming: Incoming) -> str | Fitting | Later:
        """What is said in a voice message."""
        data = await self._contents.fetch(incoming, limit=MOST_AUDIO, otherwise="line.got_audio")
        if isinstance(data, Missing):
            return Fitting(data.key, dict(data.values))
        if isinstance(data, Later):
            return data
        try:
            said = (await speech.transcribe(data, within=self._seconds_for(incoming))).text.strip()
        except SpeechError as error:
            return Fitting(error.text_key)
        return said or Fitting("media.speech_silent")

    async def _place(self, bot: Bot) -> Fitting:
        """Somebody shared where they are: tell them where the shop is, if that is known."""
        async with self._database.reading() as session:
            card = await knowledge.vendor_card(session, principal_of(bot), bot.vendor_id)
        if card is None or not card.address:
            return Fitting("line.got_location")
        return Fitting("line.got_location_address", {"shop": bot.store_name, "address": card.address})

    def _wait_for_set(self, incoming: Incoming) -> timedelta | None:
        """How long to wait for the rest of a set of pictures; None where it is whole, or has taken too long."""
        total = incoming.media.image_set_total if incoming.media is not None else None
        age = self._clock.now() - incoming.received_at
        if total is None or len(incoming.following) + 1 >= total or age >= SET_WAITS:
            return None
        return min(LOOK_AGAIN, SET_WAITS - age)

    def _seconds_for(self, incoming: Incoming) -> float:
        """How long reading or listening may take."""
        left = self._timing.time_for_answer(self._clock.now() - incoming.received_at) or self._timing.last_chance
        return max(left.total_seconds() * READING, 1.0)


def fitting(content: MediaContent, bot: Bot) -> Fitting:
    """What is said to something that can't be made text."""
    match content.kind:
        case MediaKind.STICKER:
            kind = _sticker_says(content)
            return Fitting("line.got_sticker") if kind is None else Fitting(f"answer.{kind}", {"shop": bot.store_name})
        case MediaKind.FILE if not content.file_name:
            return Fitting("line.got_file_unnamed")
        case MediaKind.FILE if _is_named_picture(content) and (content.file_size or 0) > MOST_IMAGE:
            return Fitting("media.image_too_large", {"limit": MOST_IMAGE // MEGABYTE})
    return Fitting(f"line.got_{content.kind}", {"name": content.file_name})


def _sticker_says(content: MediaContent) -> str | None:
    """The small talk that a sticker is, by the text on it or else its keywords."""
    for words in (content.text or "", *content.keywords):
        if (kind := smalltalk.kind_of(words)) in _SMALL_TALK:
            return kind
    return None


def _is_picture(content: MediaContent) -> bool:
    """An image, or a file that is named like one and small enough to be fetched."""
    if content.kind is MediaKind.IMAGE:
        return True
    return _is_named_picture(content) and content.file_size is not None and content.file_size <= MOST_IMAGE


def _is_named_picture(content: MediaContent) -> bool:
    return content.kind is MediaKind.FILE and (content.file_name or "").casefold().endswith(_PICTURES)
