"""`/openapi.json`, against the routes that there are: what vendors and partners read, and generate clients from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.security.box import SecretBox
from bot.web.documentation import openapi_document
from bot.web.documentation.operations import template_of
from bot.web.surface import Route
from handlers.line.channels import Channels
from handlers.line.channels.limiting import CheckLimit
from handlers.line.channels.routes import channel_routes
from knowledge.documentation import chat_guide
from knowledge.engine import Engine
from knowledge.routes import Api, knowledge_routes
from knowledge.routes.surface import vendors_surface
from partner_api import parts
from partner_api.callbacks.events import EVENTS
from partner_api.documentation import partner_guide
from tests.support.partners import api_on
from tests.support.settings import MakeSettings

OPERATORS = "partner_admin"
GUIDES = [chat_guide(), partner_guide()]
Document = dict[str, Any]


@pytest.fixture
def chat_routes(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> list[Route]:
    made = settings()
    engine = Engine(database=sqlite_database, llm=None, clock=clock, make_encoder=None)
    api = Api(sqlite_database, engine, clock, made, SecretBox(made.secret_key.get_secret_value()))
    channels: Channels = object.__new__(Channels)
    return [*knowledge_routes(api), *channel_routes(vendors_surface(api), channels, limit=CheckLimit(clock))]


@pytest.fixture
def partner_routes(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> list[Route]:
    return parts.routes(api_on(sqlite_database, settings(partner_api_enabled=True), clock))


@pytest.fixture
def routes(chat_routes: list[Route], partner_routes: list[Route]) -> list[Route]:
    return [*chat_routes, *partner_routes]


@pytest.fixture
def document(routes: list[Route]) -> Document:
    return openapi_document(routes, GUIDES)


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in item.items())


def test_the_document_is_openapi(document: Document) -> None:
    OPENAPI_31_VALIDATOR.validate(document)


def test_every_route_says_what_it_does(routes: list[Route]) -> None:
    assert [f"{route.method} {route.path}" for route in routes if route.operation is None] == []


def test_every_route_is_told_of_but_the_operators(routes: list[Route], document: Document) -> None:
    public = {f"{route.method} {template_of(route)}" for route in routes if route.surface.name != OPERATORS}
    assert {name for name, _ in operations(document)} == public
    assert "/api/partner/admin" not in str(document)


def test_every_operation_has_a_known_tag_and_a_name_of_its_own(document: Document) -> None:
    found = list(operations(document))
    grouped = [tag for group in document["x-tagGroups"] for tag in group["tags"]]
    assert [tag["name"] for tag in document["tags"]] == grouped
    assert {tag for _, one in found for tag in one["tags"]} == set(grouped)
    assert len({one["operationId"] for _, one in found}) == len(found)
    assert all(one["summary"] and not one["summary"].endswith(".") for _, one in found)


def test_every_variable_of_a_path_is_explained(document: Document) -> None:
    parameters = [parameter for _, operation in operations(document) for parameter in operation.get("parameters", ())]
    unexplained = {one["name"] for one in parameters if one.get("in") == "path" and "description" not in one}
    assert unexplained == set()


def test_every_json_body_has_an_example_that_fits(document: Document) -> None:
    for name, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                assert "example" in content, name
                jsonschema_rs.validate({**content["schema"], "components": document["components"]}, content["example"])


def test_every_example_of_an_answer_fits(document: Document) -> None:
    for name, operation in operations(document):
        good = [one for status, one in operation["responses"].items() if status.startswith("2")]
        assert good, name
        for content in (content for one in good for content in one.get("content", {}).values()):
            if "example" in content:
                schema = {**content["schema"], "components": document["components"]}
                jsonschema_rs.validate(schema, content["example"])


@pytest.mark.parametrize(
    "path", ["provision", "v1/companies/create", "v1/companies/{company_id}/agents/create", "v1/calls/analyze"]
)
def test_what_partners_begin_with_shows_its_answer(document: Document, path: str) -> None:
    answers = document["paths"][f"/api/partner/{path}"]["post"]["responses"]
    [good] = [answer for status, answer in answers.items() if status.startswith("2")]
    assert good["content"]["application/json"]["example"]


def test_every_event_that_partners_are_told_of_is_documented(document: Document) -> None:
    assert set(document["webhooks"]) == {"callEnded", "botOwnerChanged", "endpointPaused"}
    schemas = document["components"]["schemas"]
    told = [schemas[name]["properties"]["event"] for name in ("BotOwnerEvent", "EndpointPausedEvent")]
    assert {name for one in told for name in one["enum"]} == set(EVENTS)


def test_every_field_of_a_call_is_explained_but_its_company(document: Document) -> None:
    fields = document["components"]["schemas"]["AnalyzeBody"]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == ["company_id"]


def test_no_schema_is_called_after_the_module_that_it_is_in(document: Document) -> None:
    names = document["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []


def test_no_change_sets_what_is_not_given_to_a_default(document: Document) -> None:
    changes = ("EntryChangeBody", "EntryChange", "IntentChangeBody", "VendorChangeBody", "CustomizeBody", "AnswerBody")
    of_parts = ("BotBody", "SettingsBody", "ConfigBody")
    schemas = document["components"]["schemas"]
    fields = [(name, field) for name in (*changes, *of_parts) for field in schemas[name]["properties"].items()]
    assert [(name, field) for name, (field, schema) in fields if "default" in schema] == []


def test_a_switched_off_api_is_not_told_of_and_the_other_is_told_of_as_before(
    chat_routes: list[Route], document: Document
) -> None:
    alone = openapi_document(chat_routes, GUIDES)
    assert "artner" not in str({name: part for name, part in alone.items() if name != "paths"})
    assert "webhooks" not in alone
    assert [group["name"] for group in alone["x-tagGroups"]] == ["Chat API"]
    assert alone["paths"].items() <= document["paths"].items()
    schemas = document["components"]["schemas"]
    assert alone["components"]["schemas"].items() <= schemas.items()


def test_where_calls_of_this_machine_are_open_no_key_is_asked_for(chat_routes: list[Route]) -> None:
    document = openapi_document(chat_routes, [chat_guide(is_open=True)])
    assert all({} in operation["security"] for _, operation in operations(document))


def test_everything_that_is_referred_to_is_there(document: Document) -> None:
    named = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert named - set(document["components"]["schemas"]) == set()


@pytest.mark.parametrize(
    ("schema", "field"),
    [("Accepted", "status"), ("JobStatus", "status"), ("CompanyList", "partner_access"), ("Health", "environment")],
)
def test_what_has_one_of_a_few_values_is_told_with_them(document: Document, schema: str, field: str) -> None:
    schemas = document["components"]["schemas"]
    told = schemas[schema]["properties"][field]
    assert (schemas[told["$ref"].rpartition("/")[2]] if "$ref" in told else told)["enum"]


def test_streams_and_files_are_no_json(document: Document) -> None:
    kinds = {
        name: [*operation["responses"].get("200", {}).get("content", {})] for name, operation in operations(document)
    }
    assert kinds["POST /chat/v1/message/stream"] == ["text/event-stream"]
    assert "text/csv" in kinds["GET /api/v1/knowledge/export"]
    sent = document["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"]
    assert list(sent) == ["application/json", "multipart/form-data", "application/octet-stream"]
