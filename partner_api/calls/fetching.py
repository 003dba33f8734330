"""The recording of a call, from the address that a partner gave."""

from __future__ import annotations

from http import HTTPStatus

from bot.webhooks.errors import AnswerTooLarge, FetchFailed, NoPublicAddress, UnsafeAddress
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.sender import SafeSender
from partner_api.calls.analysis.audio import MOST_BYTES
from partner_api.calls.analysis.errors import AnalysisFailed, Failure

SECONDS = 60.0
REDIRECTS = 3
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


async def fetch(sender: SafeSender, url: str) -> tuple[bytes, str]:
    """The recording at `url` and the type that its server declares.

    Raises AnalysisFailed: `unsafe_url`, `audio_too_long` for more than 25 MiB, else `audio_fetch_failed`, transient
    unless the server's answer is that it won't give it. A name without a public address is `unsafe_url` and transient:
    it may be that it couldn't be looked up for a moment.
    """
    request = OutgoingRequest(
        url=url, headers={"Accept": "audio/*, video/*;q=0.5, application/octet-stream;q=0.5"}, timeout=SECONDS,
        max_answer_bytes=MOST_BYTES, follow_redirects=REDIRECTS,
    )  # fmt: skip
    try:
        answer = await sender.send(request)
    except UnsafeAddress as error:
        raise AnalysisFailed(Failure.UNSAFE_URL, is_transient=isinstance(error, NoPublicAddress)) from error
    except AnswerTooLarge as error:
        raise AnalysisFailed(Failure.AUDIO_TOO_LONG) from error
    except FetchFailed as error:
        raise AnalysisFailed(Failure.AUDIO_FETCH_FAILED) from error
    if answer.status == HTTPStatus.OK:
        return answer.body, answer.content_type
    may_pass = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _LATER
    raise AnalysisFailed(Failure.AUDIO_FETCH_FAILED, is_transient=may_pass)
