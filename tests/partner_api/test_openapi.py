"""The document that partners read, against the routes that there are."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.web.documentation import documentation_routes, openapi_document
from bot.web.documentation.operations import template_of
from bot.web.surface import Route
from partner_api import parts
from partner_api.documentation import PARAMETERS, TAGS, partner_guide
from tests.support.partners import api_on
from tests.support.settings import MakeSettings

HIDDEN = "partner_admin"


@pytest.fixture
def routes(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> list[Route]:
    return parts.routes(api_on(sqlite_database, settings(partner_api_enabled=True), clock))


@pytest.fixture
def document(routes: list[Route]) -> dict[str, Any]:
    return openapi_document(routes, partner_guide())


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    OPENAPI_31_VALIDATOR.validate(document)


def test_every_route_says_what_it_does(routes: list[Route]) -> None:
    silent = [f"{route.method} {route.path}" for route in routes if route.operation is None]
    assert silent == []


def test_partners_read_of_every_route_that_is_theirs_and_of_no_other(
    routes: list[Route], document: dict[str, Any]
) -> None:
    theirs = {f"{route.method} {template_of(route)}" for route in routes if route.surface.name != HIDDEN}
    assert {name for name, _ in operations(document)} == theirs


def test_every_operation_has_a_known_tag_and_a_name_of_its_own(document: dict[str, Any]) -> None:
    found = operations(document)
    assert {tag for _, one in found for tag in one["tags"]} <= set(TAGS)
    assert len({one["operationId"] for _, one in found}) == len(found)
    assert all(one["summary"] and not one["summary"].endswith(".") for _, one in found)


def test_every_variable_of_a_path_is_explained(document: dict[str, Any]) -> None:
    named = {
        parameter["name"]
        for _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter.get("in") == "path"
    }
    assert named - set(PARAMETERS) == set()


def test_every_answer_has_a_shape_and_every_body_an_example_that_fits(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert any(status.startswith("2") for status in operation["responses"]), name
        if (body := operation.get("requestBody")) is not None:
            content = body["content"]["application/json"]
            assert "example" in content, name
            schema = {**content["schema"], "components": document["components"]}
            jsonschema_rs.validate(schema, content["example"])


def test_a_switched_off_api_has_nothing_to_show(
    sqlite_database: Database, settings: MakeSettings, clock: ManualClock
) -> None:
    routes = parts.routes(api_on(sqlite_database, settings(partner_api_enabled=False), clock))
    assert documentation_routes(openapi_document(routes, partner_guide())) == []
