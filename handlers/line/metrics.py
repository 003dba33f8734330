"""What the LINE runtime counts."""

from __future__ import annotations

from datetime import datetime

from bot.metrics import Metrics


class LineMetrics:
    """Events by how they ended, attempts by outcome, and what is still open."""

    def __init__(self, metrics: Metrics) -> None:
        self._received = metrics.counter("line_events_received_total", "Events acknowledged, duplicates included.")
        self._ended = metrics.counter("line_events_ended_total", "Events that became final.", ("state", "reason"))
        self._seconds = metrics.histogram("line_event_seconds", "From a webhook's arrival to its event's end.")
        self._attempts = metrics.counter("line_deliveries_total", "Calls to LINE that send messages.", ("outcome",))
        self._open = metrics.gauge("line_events_open", "Events that are not final yet.", ("state",))
        self._oldest = metrics.gauge("line_events_oldest_open_seconds", "Age of the oldest event that is not final.")

    def events_received(self, count: int) -> None:
        self._received.inc(count)

    def event_ended(self, state: str, reason: str | None, *, seconds: float) -> None:
        self._ended.labels(state, reason or "").inc()
        self._seconds.observe(seconds)

    def delivery_attempted(self, outcome: str) -> None:
        self._attempts.labels(outcome).inc()

    def open_events(self, counts: dict[str, int], oldest: datetime | None, *, now: datetime) -> None:
        """What waits in the store: `counts` by state."""
        for state in ("received", "working"):
            self._open.labels(state).set(counts.get(state, 0))
        self._oldest.set((now - oldest).total_seconds() if oldest else 0)
