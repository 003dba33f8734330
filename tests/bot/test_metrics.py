import pytest

from bot.metrics import Metrics


def test_answered_requests_are_counted_by_route_method_and_status() -> None:
    metrics = Metrics()
    for seconds in (0.001, 3.0):
        metrics.request_answered("/line/webhook", "POST", status=200, seconds=seconds)
    text = metrics.render().decode()
    assert 'shopkeeper_http_requests_total{method="POST",route="/line/webhook",status="200"} 2.0' in text
    assert 'shopkeeper_http_request_seconds_bucket{le="0.002",route="/line/webhook"} 1.0' in text
    assert 'shopkeeper_http_request_seconds_bucket{le="2.0",route="/line/webhook"} 1.0' in text
    assert 'shopkeeper_http_request_seconds_bucket{le="+Inf",route="/line/webhook"} 2.0' in text
    assert 'shopkeeper_http_request_seconds_sum{route="/line/webhook"} 3.001' in text


def test_a_capability_registers_metrics_of_its_own() -> None:
    metrics = Metrics()
    metrics.counter("webhook_events_total", "Events received.", ("type",)).labels("message").inc(3)
    metrics.gauge("events", "Events by state.", ("state",)).labels("received").set(7)
    text = metrics.render().decode()
    assert 'shopkeeper_webhook_events_total{type="message"} 3.0' in text
    assert 'shopkeeper_events{state="received"} 7.0' in text


def test_two_processes_worth_of_metrics_do_not_share_anything() -> None:
    Metrics().request_answered("/a", "GET", status=200, seconds=0.1)
    assert 'route="/a"' not in Metrics().render().decode()


@pytest.mark.parametrize("name", ["things_total", "http_requests_total"])
def test_a_name_is_given_once(name: str) -> None:
    metrics = Metrics()
    metrics.counter("things_total", "Things.")
    with pytest.raises(ValueError, match=name.removesuffix("_total")):
        metrics.counter(name, "Things.")
