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
from bot.web.openapi import Media, Operation
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


BRUSHES = Guide(
    name="Brushes",
    description="Hairs.",
    tags={"Brushes": "All of them."},
    security_schemes={"pin": {"type": "apiKey", "in": "header", "name": "X-Pin"}},
    surfaces={"brush": SurfaceGuide(security=(("pin",), ()), error_schema="Refusal")},
)
BRUSH = Surface("brush", "/brush")
UPLOAD = Operation(
    summary="Upload",
    tag="Brushes",
    body=Colour,
    uploads=(Media(types=("image/png", "image/jpeg")),),
    parameters=({"name": "X-Hint", "in": "header", "schema": {"type": "string"}},),
    answers={200: Media(types=("text/csv",), schema={"type": "string"}, example="a,b")},
    headers={"Location": {"schema": {"type": "string"}}},
    errors=(Locked("Brush 1 is locked."), Locked("Brush 2 is locked.")),
)


def both(**more: Any) -> Any:
    """The document of two APIs; `more` is said of the second one."""
    return openapi_document(
        [*ROUTES, BRUSH.route("POST", "/brush", nothing, operation=UPLOAD)], [GUIDE, replace(BRUSHES, **more)]
    )


def test_two_apis_are_two_chapters_of_one_document() -> None:
    document = both()
    OPENAPI_31_VALIDATOR.validate(document)
    assert document["x-tagGroups"] == [{"name": "Paint", "tags": ["Colours"]}, {"name": "Brushes", "tags": ["Brushes"]}]
    assert set(document["components"]["securitySchemes"]) == {"key", "pin"}
    assert document["paths"]["/brush"]["post"]["security"] == [{"pin": []}, {}]
    assert document["info"]["description"].endswith("## Paint\n\nColours.\n## Brushes\n\nHairs.")


def test_an_api_without_routes_leaves_the_document_as_it_is() -> None:
    assert openapi_document(ROUTES, [GUIDE, BRUSHES]) == DOCUMENT


def test_one_name_for_two_things_is_an_error_until_one_of_them_has_another() -> None:
    with pytest.raises(ValueError, match="'Colour'"):
        both(texts={"name": {"format": "colour"}})
    with pytest.raises(ValueError, match="'key'"):
        both(security_schemes={"key": {"type": "http", "scheme": "basic"}})


def test_an_answer_is_told_under_the_name_that_its_api_gives_it() -> None:
    document = openapi_document(ROUTES, [replace(GUIDE, names={"Mixed": "Mixture"})])
    content = document["paths"]["/paint"]["get"]["responses"]["200"]["content"]["application/json"]
    assert content["schema"]["items"] == {"$ref": "#/components/schemas/Mixture"}
    assert "Mixed" not in document["components"]["schemas"]


def test_files_are_told_by_their_kinds() -> None:
    told = both()["paths"]["/brush"]["post"]
    assert list(told["requestBody"]["content"]) == ["application/json", "image/png", "image/jpeg"]
    assert told["responses"]["200"]["content"] == {"text/csv": {"schema": {"type": "string"}, "example": "a,b"}}
    assert "Location" in told["responses"]["200"]["headers"]
    assert told["parameters"][0]["name"] == "X-Hint"


def test_errors_may_bring_a_message_of_their_own() -> None:
    refused = both()["paths"]["/brush"]["post"]["responses"]["403"]
    assert refused["description"] == "- `locked`: Brush 1 is locked.\n- `locked`: Brush 2 is locked."
    content = refused["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Refusal"}
    assert list(content["examples"]) == ["locked", "locked_2"]


def test_a_text_that_tells_its_own_form_keeps_it() -> None:
    class Dated(msgspec.Struct):
        id: Annotated[str, msgspec.Meta(pattern="^x")]

    one = Operation(summary="x", tag="Colours", answers={200: Dated})
    guide = replace(GUIDE, texts={"id": {"format": "uuid"}})
    document = openapi_document([SURFACE.route("GET", "/paint", nothing, operation=one)], [guide])
    assert document["components"]["schemas"]["Dated"]["properties"]["id"] == {"type": "string", "pattern": "^x"}
