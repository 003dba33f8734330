"""What the document says of a few routes that are made up."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import pytest
from aiohttp import web
from pydantic import BaseModel, Field
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from bot.errors import Forbidden, NotFound
from bot.web.documentation import Guide, SurfaceGuide, openapi_document
from bot.web.openapi import Operation
from bot.web.responses import code_and_message
from bot.web.surface import Surface


class Locked(Forbidden):
    code = "locked"
    message = "It is locked."


class Finish(StrEnum):
    MATT = "matt"
    GLOSS = "gloss"


class Colour(BaseModel):
    """A colour to mix."""

    name: Annotated[str, Field(max_length=20, description="What it is called.")]
    shade: int | None = None


class Page(BaseModel):
    limit: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 50
    search: Annotated[str | None, Field(max_length=10)] = None


class Mixed(msgspec.Struct):
    """What was mixed."""

    id: str
    tags: list[str] = []


async def nothing(_request: web.Request) -> web.Response:
    raise NotImplementedError


async def let_in(_request: web.Request) -> None: ...


SURFACE = Surface("paint", "/paint", envelope=code_and_message, authenticator=let_in)
GUIDE = Guide(
    name="Paint",
    description="Colours.",
    tags={"Colours": "All of them.", "Brushes": "None yet."},
    security_schemes={"key": {"type": "http", "scheme": "bearer"}},
    surfaces={
        "paint": SurfaceGuide(security=(("key",),), errors=(Locked,), parameters={"id": {"description": "Which."}})
    },
)
MIX = Operation(
    summary="Mix", tag="Colours", body=Colour, answers={201: Mixed}, idempotent=True, example={"name": "red"}
)
LIST = Operation(summary="List", tag="Colours", query=Page, answers={200: list[Mixed]})
DROP = Operation(summary="Drop", tag="Colours", answers={204: None})
ROUTES = [
    SURFACE.route("POST", "/paint", nothing, operation=MIX),
    SURFACE.route("GET", "/paint", nothing, operation=LIST),
    SURFACE.route("DELETE", r"/paint/{id:\d+}", nothing, operation=DROP),
    SURFACE.route("GET", "/paint/secret", nothing),
    Surface("other", "/other").route("GET", "/other", nothing, operation=DROP),
]
DOCUMENT = openapi_document(ROUTES, [GUIDE])


def operation(method: str, path: str = "/paint") -> Any:
    return DOCUMENT["paths"][path][method]


def test_the_document_is_openapi() -> None:
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)


def test_only_described_routes_of_named_surfaces_are_in_it() -> None:
    assert {path: set(item) for path, item in DOCUMENT["paths"].items()} == {
        "/paint": {"post", "get"},
        "/paint/{id}": {"delete"},
    }
    assert [tag["name"] for tag in DOCUMENT["tags"]] == ["Colours"]


def test_a_route_tells_what_it_takes() -> None:
    assert operation("post")["requestBody"]["content"]["application/json"] == {
        "schema": {"$ref": "#/components/schemas/Colour"},
        "example": {"name": "red"},
    }
    assert operation("post")["parameters"] == [{"$ref": "#/components/parameters/IdempotencyKey"}]
    assert operation("post")["security"] == [{"key": []}]
    assert operation("delete", "/paint/{id}")["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Which."}
    ]


def test_a_query_is_told_parameter_by_parameter() -> None:
    assert operation("get")["parameters"] == [
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "description": "How many at most.",
            "schema": {"default": 50, "maximum": 100, "minimum": 1, "type": "integer"},
        },
        {"name": "search", "in": "query", "required": False, "schema": {"maxLength": 10, "type": "string"}},
    ]
    assert "Page" not in DOCUMENT["components"]["schemas"]


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("post", "/paint", {"201", "400", "401", "403", "408", "409", "413", "422", "500", "503"}),
        ("get", "/paint", {"200", "400", "401", "403", "500", "503"}),
        ("delete", "/paint/{id}", {"204", "400", "401", "403", "404", "500", "503"}),
    ],
)
def test_every_status_that_a_route_can_answer_is_told(method: str, path: str, statuses: set[str]) -> None:
    assert set(operation(method, path)["responses"]) == statuses


def test_a_text_says_what_its_name_tells_of_it() -> None:
    guide = replace(GUIDE, texts={"id": {"format": "uuid"}})
    schemas = openapi_document(ROUTES, [guide])["components"]["schemas"]
    assert schemas["Mixed"]["properties"]["id"] == {"type": "string", "format": "uuid"}


def test_an_error_is_told_in_the_shape_of_its_surface() -> None:
    refused = operation("get")["responses"]["403"]["content"]["application/json"]
    assert refused["examples"] == {"locked": {"value": {"error": {"code": "locked", "message": "It is locked."}}}}
    schema = DOCUMENT["components"]["schemas"]["ErrorCodeAndMessage"]
    assert schema["properties"]["error"]["required"] == ["code", "message"]


def test_an_answer_is_told_with_its_docstring() -> None:
    content = operation("get")["responses"]["200"]["content"]["application/json"]
    assert content["schema"] == {"type": "array", "items": {"$ref": "#/components/schemas/Mixed"}}
    assert DOCUMENT["components"]["schemas"]["Mixed"]["description"] == "What was mixed."


def test_two_types_of_one_name_are_two_schemas() -> None:
    class Colour(msgspec.Struct):
        other: int

    one = Operation(summary="x", tag="Colours", answers={200: Colour})
    document = openapi_document([*ROUTES, SURFACE.route("GET", "/paint/x", nothing, operation=one)], [GUIDE])
    body = document["paths"]["/paint"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/ColourRequest"}
    schemas = document["components"]["schemas"]
    assert [list(schemas[name]["properties"]) for name in ("Colour", "ColourRequest")] == [["other"], ["name", "shade"]]


def test_a_choice_that_requests_and_answers_share_is_one_schema() -> None:
    class Wanted(BaseModel):
        finish: Finish

    class Given(msgspec.Struct):
        finish: Finish

    one = Operation(summary="x", tag="Colours", body=Wanted, answers={200: Given})
    document = openapi_document([SURFACE.route("POST", "/paint", nothing, operation=one)], [GUIDE])
    assert document["components"]["schemas"].keys() == {"ErrorCodeAndMessage", "Finish", "Given", "Wanted"}


def test_a_routes_own_404_takes_the_place_of_the_plain_one() -> None:
    class NoSuchPaint(NotFound):
        code = "no_such_paint"

    one = Operation(summary="x", tag="Colours", errors=(NoSuchPaint,))
    document = openapi_document([SURFACE.route("GET", "/paint/{id}", nothing, operation=one)], [GUIDE])
    refused = document["paths"]["/paint/{id}"]["get"]["responses"]["404"]
    assert list(refused["content"]["application/json"]["examples"]) == ["no_such_paint"]
