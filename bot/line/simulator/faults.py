"""Ways in which the API side can fail, chosen per endpoint and for a number of calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ANY = "*"


class FaultMode(StrEnum):
    REFUSE = "refuse"
    """The connection is cut before anything is read or done."""
    STATUS = "status"
    """`status` is answered and nothing is done."""
    HANG = "hang"
    """Nothing is done; the connection is cut after `seconds`."""
    SLOW = "slow"
    """Everything is done, after `seconds`."""
    ACCEPT_THEN_STATUS = "accept_then_status"
    """The request is done, but `status` is answered: the caller can't know."""
    ACCEPT_THEN_DROP = "accept_then_drop"
    """The request is done, and the connection is cut instead of answering."""
    ACCEPT_THEN_HANG = "accept_then_hang"
    """The request is done, and the answer doesn't come; the connection is cut after `seconds`."""


@dataclass(slots=True)
class Fault:
    """`endpoint` is an operation's name such as `reply` or `push`, or `*`. `remaining` counts down the
    calls that it still hits; None hits all of them."""

    mode: FaultMode
    endpoint: str = ANY
    status: int = 500
    seconds: float = 5.0
    remaining: int | None = 1
    channel_id: str | None = None
    message: str | None = None
    retry_after: int | None = None
    """Seconds that a `status` answer asks to wait."""

    @property
    def accepts(self) -> bool:
        return self.mode.value.startswith("accept") or self.mode is FaultMode.SLOW


class Faults:
    """The faults that are set, in the order in which they were set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def set(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def all(self) -> tuple[Fault, ...]:
        return tuple(self._faults)

    def take(self, endpoint: str, channel_id: str | None) -> Fault | None:
        """The fault that hits this call, counted down."""
        for fault in self._faults:
            if fault.endpoint not in (ANY, endpoint) or fault.channel_id not in (None, channel_id):
                continue
            if fault.remaining is not None:
                fault.remaining -= 1
                if fault.remaining <= 0:
                    self._faults.remove(fault)
            return fault
        return None
