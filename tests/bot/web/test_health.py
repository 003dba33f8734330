import asyncio
import json

from bot.metrics import Metrics
from bot.web.health import health_routes
from bot.web.middlewares import create_web_app
from tests.bot.web.conftest import Serve


async def good() -> None:
    return


async def refusing() -> None:
    raise ConnectionRefusedError("postgresql://user:secret@10.0.0.1")


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_a_process_that_runs_is_alive_whatever_its_stores_do(serve: Serve) -> None:
    client = await serve(create_web_app(health_routes(Metrics(), {"database": refusing}), Metrics()))
    answer = await client.request("GET", "/healthz")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})


async def test_readiness_names_the_checks_that_fail_and_hides_why(serve: Serve) -> None:
    checks = {"database": refusing, "redis": hanging, "line": good}
    client = await serve(create_web_app(health_routes(Metrics(), checks, check_seconds=0.05), Metrics()))
    answer = await client.request("GET", "/readyz")
    assert answer.status == 503
    assert json.loads(answer.body)["checks"] == {"database": "failing", "redis": "failing", "line": "ok"}
    assert b"secret" not in answer.body


async def test_a_process_whose_checks_pass_is_ready(serve: Serve) -> None:
    client = await serve(create_web_app(health_routes(Metrics(), {"database": good}), Metrics()))
    answer = await client.request("GET", "/readyz")
    assert (answer.status, json.loads(answer.body)["status"]) == (200, "ok")


async def test_the_metrics_count_the_requests_by_route(serve: Serve) -> None:
    metrics = Metrics()
    client = await serve(create_web_app(health_routes(metrics, {}), metrics))
    await client.request("GET", "/healthz")
    answer = await client.request("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert b'shopkeeper_http_requests_total{method="GET",route="/healthz",status="200"} 1.0' in answer.body
