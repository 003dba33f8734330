"""What a request to a user-given URL can fail with. Messages name the host as given, and no address."""

from __future__ import annotations

from typing import Self

from bot.errors import BadRequest, UnprocessableRequest


class UnsafeAddress(BadRequest):
    """The URL is malformed, or leads to no public address."""

    code = "unsafe_url"
    message = "The URL can't be used."

    @classmethod
    def of_host(cls, host: str) -> Self:
        """The one answer for a name that doesn't exist and for one that leads inside.

        Two answers would tell which names exist in the network that this process runs in.
        """
        return cls(f"{host} has no address on the public internet.")


class NoPublicAddress(UnsafeAddress):
    """A name that gave no public address this time: told like any other, though a lookup may go better later."""


class UnsafeHeaders(BadRequest):
    """The request's method or headers can't be sent."""

    code = "unsafe_headers"
    message = "The headers can't be sent."


class FetchFailed(UnprocessableRequest):
    """The other side can't be reached, breaks the connection off, or doesn't speak HTTP as it should."""

    code = "fetch_failed"
    message = "The address can't be fetched."


class FetchTimeout(FetchFailed):
    """The whole exchange took longer than the request allows."""

    code = "fetch_timeout"
    message = "The address takes too long to answer."


class AnswerTooLarge(FetchFailed):
    """The answer's body, unpacked, is larger than the request allows."""

    code = "answer_too_large"
    message = "The answer is too large."
