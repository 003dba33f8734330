"""Whatever is sent to vendors and chat, the answer is never a failure of ours, and always of one shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.knowledge.routes.office import Office
from tests.support.vendors import CONFIGS_A, VENDOR_A

ANYTHING_HERE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
scalars = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30) | st.sampled_from(["\0", "\u202e", "x" * 2_000, "{{payment_day}}", "%_'\";--", "１", "A"])
)  # fmt: skip
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
QUESTION = {"message": "每月繳費日期是什麼時候？", "vendor_id": 1, "mode": "tenant", "session_id": "s", "user_id": "u"}
QUESTION |= {"top_k": 3, "include_sources": True}
TARGETS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/v1/vendors", VENDOR_A),
    ("PUT", "/api/v1/vendors/1", VENDOR_A | {"is_active": True, "updated_by": "x"}),
    ("PUT", "/api/v1/vendors/1/configs", CONFIGS_A[0]),
    ("POST", "/chat/v1/message", QUESTION),
    ("POST", "/chat/v1/message/stream", QUESTION),
]


async def send(office: Office, method: str, path: str, **sent: Any) -> None:
    headers = {"Authorization": f"Bearer {office.keys['own']}"}
    async with office.session.request(method, office.url + path, headers=headers, **sent) as response:
        text = await response.text()
        assert response.status < 500, text
        if response.status >= 400:
            assert isinstance((await response.json())["detail"], str)


@pytest.mark.parametrize(("method", "path", "valid"), TARGETS)
@ANYTHING_HERE
@given(data=st.data())
async def test_any_value_in_any_field(
    small_office: Office, method: str, path: str, valid: dict[str, Any], data: st.DataObject
) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(valid)), max_size=3, unique=True))
    body: dict[str, Any] = valid | {name: data.draw(values) for name in names}
    for name in data.draw(st.sets(st.sampled_from(sorted(valid)), max_size=2)):
        body.pop(name, None)
    whole = {"configs": [body, CONFIGS_A[1]]} if path.endswith("/configs") else body
    await send(small_office, method, path, json=whole)


@ANYTHING_HERE
@given(target=st.sampled_from(TARGETS), body=values)
async def test_any_json(small_office: Office, target: tuple[str, str, Any], body: Any) -> None:
    method, path, _ = target
    await send(small_office, method, path, json={"configs": body} if path.endswith("/configs") else body)


@ANYTHING_HERE
@given(target=st.sampled_from(TARGETS), body=st.binary(max_size=200))
async def test_any_bytes(small_office: Office, target: tuple[str, str, Any], body: bytes) -> None:
    method, path, _ = target
    await send(small_office, method, path, data=body)


@ANYTHING_HERE
@given(value=st.text(max_size=20), name=st.sampled_from(["is_active", "subscription_plan", "category", "x"]))
async def test_any_query(small_office: Office, name: str, value: str) -> None:
    for path in ("/api/v1/vendors", "/api/v1/vendors/1/configs"):
        await send(small_office, "GET", path, params={name: value.encode("utf-8", "ignore").decode()})


@ANYTHING_HERE
@given(vendor_id=st.text(min_size=1, max_size=25) | st.integers().map(str))
async def test_any_id(small_office: Office, vendor_id: str) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in vendor_id.encode("utf-8", "ignore"))
    for path in (f"/api/v1/vendors/{quoted}", f"/api/v1/vendors/{quoted}/stats", f"/chat/v1/vendors/{quoted}/test"):
        await send(small_office, "GET", path)
