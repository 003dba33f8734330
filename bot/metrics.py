"""Prometheus metrics: one object, with a registry of its own, that is passed to whoever counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "shopkeeper"
# Around the two limits that matter: LINE's 2 s for a webhook, and what a person waits for a page.
LATENCY_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0)


class _RequestCounts(Collector):
    """Requests by route, method and status, and their durations by route, in plain numbers.

    The library's own metrics take locks and look up labels, which costs three times as much, and
    this is on the path of every webhook. Only the event loop's thread counts and renders.
    """

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def add(self, route: str, method: str, *, status: int, seconds: float) -> None:
        key = (route, method, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        buckets = self._buckets.get(route)
        if buckets is None:
            buckets = self._buckets[route] = [0] * (len(LATENCY_BUCKETS) + 1)
            self._seconds[route] = 0.0
        buckets[bisect_left(LATENCY_BUCKETS, seconds)] += 1
        self._seconds[route] += seconds

    def describe(self) -> Iterator[Metric]:
        """The names alone, by which the registry refuses another metric of the same name."""
        return _RequestCounts().collect()

    def collect(self) -> Iterator[Metric]:
        answered = CounterMetricFamily(
            f"{PREFIX}_http_requests", "Requests answered.", labels=("route", "method", "status")
        )
        for (route, method, status), count in self._requests.items():
            answered.add_metric((route, method, str(status)), count)
        yield answered
        took = HistogramMetricFamily(f"{PREFIX}_http_request_seconds", "Time to answer a request.", labels=("route",))
        bounds = [*(str(bound) for bound in LATENCY_BUCKETS), "+Inf"]
        for route, buckets in self._buckets.items():
            took.add_metric((route,), list(zip(bounds, accumulate(buckets), strict=True)), self._seconds[route])
        yield took


class Metrics:
    """All metrics of one process. Capabilities register their own with `counter`, `gauge`, `histogram`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = _RequestCounts()
        self.registry.register(self._requests)

    def counter(self, name: str, description: str, labels: tuple[str, ...] = ()) -> Counter:
        """A new counter `shopkeeper_<name>`. Raises ValueError for a name that is taken."""
        return Counter(name, description, labels, namespace=PREFIX, registry=self.registry)

    def gauge(self, name: str, description: str, labels: tuple[str, ...] = ()) -> Gauge:
        """A new gauge `shopkeeper_<name>`. Raises ValueError for a name that is taken."""
        return Gauge(name, description, labels, namespace=PREFIX, registry=self.registry)

    def histogram(
        self,
        name: str,
        description: str,
        labels: tuple[str, ...] = (),
        *,
        buckets: tuple[float, ...] = LATENCY_BUCKETS,
    ) -> Histogram:
        """A new histogram `shopkeeper_<name>`, in seconds. Raises ValueError for a name that is taken."""
        return Histogram(name, description, labels, namespace=PREFIX, registry=self.registry, buckets=buckets)

    def request_answered(self, route: str, method: str, *, status: int, seconds: float) -> None:
        """Count one answered request.

        `route` is the template (`/line/webhook/{channel_id}`), never the path, and `method` one of
        HTTP's own: what a caller can choose freely would make ever more series.
        """
        self._requests.add(route, method, status=status, seconds=seconds)

    def render(self) -> bytes:
        """Everything in the text format of Prometheus (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)
