"""A recorded call of a minute, from the request to the callback, through a server and its worker.

    python -m benchmarks.calls [--whisper FOLDER] [--calls 5] [--audio FILE]

The call is `tests/data/two_voices.ogg`, two synthesised voices on a channel each, whose words and times are known.
With `--whisper` the transcriber is the product's own on this machine (it needs the extra `speech` and a model's
folder). Without it a twin says the known words at once, so that only our own work is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from aiohttp import web

from bot.speech.port import Transcript
from bot.speech.whisper import WhisperTranscriber
from partner_api.calls.analysis.audio import Part, listen
from partner_api.calls.analysis.wire import Pieces
from tests.support.partners import MadeKey, make_key
from tests.support.running import Running, running

DATA = Path("tests/data")
POLL_SECONDS = 0.1
LONGEST = 900.0


@dataclass(frozen=True)
class Timed:
    """One call: seconds from the request to its end as its status tells it, and to its callback."""

    ended: float
    called_back: float
    results: dict[str, Any]


class Twin:
    """Says what is known to be said in each part of the call, and tells no times."""

    splits_at_pauses = False

    def __init__(self, parts: Sequence[Part], turns: Sequence[dict[str, Any]]) -> None:
        self._said = {part.data: _said_in(part, turns) for part in parts}

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        return Transcript(self._said[data], "en")

    async def close(self) -> None: ...


def _said_in(part: Part, turns: Sequence[dict[str, Any]]) -> str:
    middles = ((turn, (turn["start"] + turn["end"]) / 2) for turn in turns if turn["channel"] == part.channel)
    return " ".join(turn["text"] for turn, middle in middles if part.span[0] < middle < part.span[1])


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[str, asyncio.Queue[str]]]:
    """A partner's receiver; its host and port, and the jobs that it was told of."""
    told: asyncio.Queue[str] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        told.put_nowait((await request.json())["job_id"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/callback", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    addresses: Any = runner.addresses
    try:
        yield f"127.0.0.1:{addresses[0][1]}", told
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Partner:
    """A partner's back end: its key, its company's agent, and its receiver."""

    session: aiohttp.ClientSession
    url: str
    key: MadeKey
    ids: dict[str, str]
    callback: str
    told: asyncio.Queue[str]

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self.url}/api/partner/v1{path}"
        async with self.session.request(method, url, json=body, headers=dict(self.key.headers)) as answer:
            found: dict[str, Any] = await answer.json()
            assert answer.ok, found
            return found

    async def analyse(self, audio: str) -> Timed:
        began = time.perf_counter()
        body = {
            **self.ids,
            "audio_file": audio,
            "call_type": "sales_call",
            "language": "en",
            "webhook_url": self.callback,
        }
        job_id = (await self.call("POST", "/calls/analyze", body))["job_id"]
        job = await self.call("GET", f"/jobs/{job_id}/status")
        while job["status"] in ("queued", "processing"):
            await asyncio.sleep(POLL_SECONDS)
            job = await self.call("GET", f"/jobs/{job_id}/status")
        ended = time.perf_counter() - began
        assert job["status"] == "completed", job
        async with asyncio.timeout(LONGEST):
            while await self.told.get() != job_id:
                pass
        return Timed(ended, time.perf_counter() - began, job["results"])


async def partner_of(
    product: Running, session: aiohttp.ClientSession, callback: str, told: asyncio.Queue[str]
) -> Partner:
    key = await make_key(product.shopkeeper.partner_api)
    partner = Partner(session, product.url, key, {}, callback, told)
    company = await partner.call("POST", "/companies/create", {"name": "Green Valley Coffee"})
    agent = {"email": "dana@green.example", "name": "Dana"}
    made = await partner.call("POST", f"/companies/{company['id']}/agents/create", agent)
    partner.ids.update(company_id=company["id"], agent_id=made["id"])
    return partner


def word_errors(said: str, heard: str) -> float:
    """The word error rate: edits over the words that were said."""
    said_words, heard_words = (_words(text) for text in (said, heard))
    row = list(range(len(heard_words) + 1))
    for at, word in enumerate(said_words, 1):
        last, row[0] = row[0], at
        for index, other in enumerate(heard_words, 1):
            last, row[index] = row[index], min(row[index] + 1, row[index - 1] + 1, last + (word != other))
    return row[-1] / max(len(said_words), 1)


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter == "'" else " " for letter in text.lower()).split()


async def measure(arguments: argparse.Namespace) -> None:
    truth = json.loads((DATA / "two_voices.json").read_text(encoding="utf-8"))
    data = arguments.audio.read_bytes()
    began = time.perf_counter()
    recording = await listen(data, parts=Pieces.TURNS)
    listening = time.perf_counter() - began
    audio = base64.b64encode(data).decode()
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite+aiosqlite:///{folder}/calls.db"
        speech = WhisperTranscriber(arguments.whisper) if arguments.whisper else Twin(recording.parts, truth["turns"])
        async with (
            receiver() as (pair, told),
            running(store, Path(folder), speech=speech, ssrf_allow=pair) as product,
            aiohttp.ClientSession() as session,
        ):
            partner = await partner_of(product, session, f"http://{pair}/callback", told)
            timed = [await partner.analyse(audio) for _ in range(arguments.calls)]
    report(timed, recording.heard.seconds, listening, truth)


def report(timed: Sequence[Timed], seconds: float, listening: float, truth: dict[str, Any]) -> None:
    ended, called_back = (median(getattr(one, name) for one in timed) for name in ("ended", "called_back"))
    results = timed[-1].results
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"audio: {seconds:.1f} s; of which listening takes {listening:.2f} s in its process")
    most = max(one.ended for one in timed)
    print(f"request to completed, as polled: {ended:.2f} s (median of {len(timed)}, most {most:.2f})")
    print(f"request to callback: {called_back:.2f} s; {called_back / seconds:.3f} of the audio's length")
    print(f"largest process started: {memory:.0f} MB")
    for speaker, channel in (("agent", 0), ("customer", 1)):
        said = " ".join(turn["text"] for turn in truth["turns"] if turn["channel"] == channel)
        got = " ".join(one["text"] for one in results["segments"] if one["speaker"] == speaker)
        print(f"{speaker}: word error rate {word_errors(said, got):.3f} of {len(_words(said))} words")
    print(json.dumps({"tone": results["tone_analysis"], "overall_score": results["overall_score"]}, ensure_ascii=False))
    print(results["transcript"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whisper", metavar="FOLDER", help="the folder of a Whisper model")
    parser.add_argument("--calls", type=int, default=5)
    parser.add_argument("--audio", type=Path, default=DATA / "two_voices.ogg")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
