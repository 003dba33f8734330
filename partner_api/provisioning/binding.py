"""The way from a claim code to the chat: a link that types the command, and its QR code.

Source of the link: LINE documentation, "LINE URL scheme", opening the chat with a message typed in.
"""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import quote

import segno

from bot.clock import Clock
from bot.db.engine import Database
from bot.models import Channel
from bot.security.tokens import normalise_code
from bot.tenancy import repository
from bot.tenancy.claims import CLAIM_COMMAND, IssuedCode
from partner_api.provisioning.errors import NoSuchCode
from partner_api.provisioning.schemas import Binding
from partner_api.wire import timestamp

BASIC_ID_KEPT_FOR = timedelta(seconds=60)


def line_url(basic_id: str, code: str) -> str:
    """The link that opens the chat with the account `basic_id` and has the claim command typed."""
    return typing_url(basic_id, f"{CLAIM_COMMAND} {code}")


def typing_url(basic_id: str, text: str) -> str:
    """The link that opens the chat with the account `basic_id` and has `text` typed."""
    return f"https://line.me/R/oaMessage/%40{quote(basic_id.removeprefix('@'), safe='')}/?{quote(text, safe='')}"


def adding_url(basic_id: str) -> str:
    """The link that adds the account `basic_id` as a friend."""
    return f"https://line.me/R/ti/p/%40{quote(basic_id.removeprefix('@'), safe='')}"


def qr_url(base_url: str, code: str) -> str:
    """Where this server shows the QR code of `line_url`."""
    return f"{base_url}/line/qr/{code}.svg"


def binding_of(issued: IssuedCode, channel: Channel, *, base_url: str) -> Binding:
    """How the owner-to-be uses a claim code on `channel`. Codes of other channels than the central one have no QR."""
    basic_id = channel.basic_id
    return Binding(
        code=issued.code,
        expires_at=timestamp(issued.expires_at),
        line_url=line_url(basic_id, issued.code) if basic_id else None,
        qr_url=qr_url(base_url, issued.code) if basic_id and channel.is_central else None,
    )


def qr_svg(text: str) -> bytes:
    """`text` as a QR code: an SVG document, black on white. Takes about 10 ms of CPU."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", scale=8, border=4, light="#fff")
    return out.getvalue()


class QrCodes:
    """Draws the QR codes of claim codes, off the event loop.

    Whether a code exists isn't looked up, so that this public route tells nobody which ones do.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._basic_id: str | None = None
        self._asked_at: datetime | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="qr")

    async def svg(self, text: str) -> bytes:
        """The drawing for a claim code. Raises NoSuchCode for what can't be one."""
        code, basic_id = normalise_code(text), await self._central_basic_id()
        if code is None or code != text or basic_id is None:
            raise NoSuchCode
        return await asyncio.get_running_loop().run_in_executor(self._executor, qr_svg, line_url(basic_id, code))

    async def _central_basic_id(self) -> str | None:
        """The central channel's LINE id, asked for at most once a minute."""
        now = self._clock.now()
        if self._asked_at is None or now - self._asked_at >= BASIC_ID_KEPT_FOR:
            async with self._database.reading() as session:
                channel = await repository.central_channel(session)
            self._basic_id, self._asked_at = (channel.basic_id if channel else None), now
        return self._basic_id
