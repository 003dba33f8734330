"""Prometheus metrics: one object, with a registry of its own, that is passed to whoever counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "shopkeeper"
# Around the two limits that matter: LINE's 2 s for a webhook, and what a person waits for a page.
LATENCY_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0)


class Metrics:
    """All metrics of one process. Capabilities register their own with `counter`, `gauge`, `histogram`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self.counter("http_requests_total", "Requests answered.", ("route", "method", "status"))
        self._durations = self.histogram("http_request_seconds", "Time to answer a request.", ("route",))
        # Finding a child by its labels takes a lock and several allocations: too much on the path
        # of every webhook.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

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
        key = (route, method, status)
        children = self._children.get(key)
        if children is None:
            children = (self._requests.labels(route, method, str(status)), self._durations.labels(route))
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def render(self) -> bytes:
        """Everything in the text format of Prometheus (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)
