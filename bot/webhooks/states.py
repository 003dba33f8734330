"""The words for what becomes of deliveries and endpoints, as the store keeps them and partners read them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a delivery is; the last three are final."""

    WAITING = "waiting"
    SENDING = "sending"
    HELD = "held"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class PauseReason(StrEnum):
    """Why nothing is sent to an endpoint."""

    FAILING = "failing"
    GONE = "gone"
    BY_OWNER = "by_owner"


class Event(StrEnum):
    """The messages that this platform sends by itself; jobs name theirs themselves."""

    TEST = "webhook.test"
    ENDPOINT_PAUSED = "endpoint.paused"
