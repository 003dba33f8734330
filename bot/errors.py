"""The error tree: one class per cause, with its HTTP status and stable code on the class.

Each API surface renders these once, in its own error shape (`bot.web.surface`). The message is
written for the caller and must never carry internals, secrets or another tenant's data.
"""

from __future__ import annotations


class PlatformError(Exception):
    """Base of every error that a caller may be told about."""

    status: int = 500
    code: str = "internal_error"
    message: str = "Something went wrong on our side."

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        self.message = message or type(self).message
        self.retry_after = retry_after
        super().__init__(self.message)


class BadRequest(PlatformError):
    status = 400
    code = "bad_request"
    message = "The request could not be understood."


class Unauthenticated(PlatformError):
    status = 401
    code = "unauthenticated"
    message = "Missing or invalid credentials."


class Forbidden(PlatformError):
    status = 403
    code = "forbidden"
    message = "This credential may not do that."


class NotFound(PlatformError):
    status = 404
    code = "not_found"
    message = "Not found."


class MethodNotAllowed(PlatformError):
    status = 405
    code = "method_not_allowed"
    message = "This method is not supported here."


class RequestTimeout(PlatformError):
    status = 408
    code = "request_timeout"
    message = "The request took too long to arrive."


class Conflict(PlatformError):
    status = 409
    code = "conflict"
    message = "The request conflicts with the current state."


class PayloadTooLarge(PlatformError):
    status = 413
    code = "payload_too_large"
    message = "The request body is too large."


class UnprocessableRequest(PlatformError):
    status = 422
    code = "unprocessable"
    message = "The request can't be processed."


class TooManyRequests(PlatformError):
    status = 429
    code = "too_many_requests"
    message = "Too many requests."


class Unavailable(PlatformError):
    status = 503
    code = "unavailable"
    message = "The service is temporarily unavailable. Please try again."


class ConfigurationError(Exception):
    """The process can't start as configured; the text says what to set and how."""
