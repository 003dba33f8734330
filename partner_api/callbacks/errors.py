"""What callbacks and their settings can be refused with."""

from __future__ import annotations

from bot.errors import Conflict, NotFound, TooManyRequests


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    message = "There is no delivery with this id."


class EndpointNotFound(NotFound):
    code = "endpoint_not_found"
    message = "There is no endpoint with this id."


class NoDelivery(Conflict):
    code = "no_delivery"
    message = "Nothing was sent for this job: it has not ended yet, or it has no webhook_url."


class DeliveryOpen(Conflict):
    code = "delivery_open"
    message = "This message is still being delivered: wait for its last attempt."


class DeliveryErased(Conflict):
    code = "delivery_erased"
    message = "What this message held is kept no longer, so that it can't be sent again."


class EndpointPaused(Conflict):
    code = "endpoint_paused"
    message = "The endpoint is paused: resume it first."


class SharedSecret(Conflict):
    code = "shared_secret"
    message = "All receivers of this platform share one signing secret, which its operator sets."


class TooManyTests(TooManyRequests):
    code = "too_many_tests"
    message = "Too many test callbacks are being sent at once."
