"""What fields check, and what the JSON Schema says of it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from bot.web.fields import CHANGE, NullIs
from knowledge.schemas import Line, RequestModel, up_to


class Note(RequestModel):
    text: Annotated[Line, up_to(5)]
    shade: Annotated[str, NullIs("red")] = "red"


class NoteChange(Note):
    model_config = CHANGE

    text: Annotated[Line, up_to(5)] = ""


def properties(model: type[RequestModel]) -> Any:
    return model.model_json_schema()["properties"]


@pytest.mark.parametrize(("sent", "read"), [({"text": " five5 "}, "red"), ({"text": "x", "shade": None}, "red")])
def test_a_check_lets_through_what_is_right_and_null_is_the_default(sent: dict[str, Any], read: str) -> None:
    note = Note.model_validate(sent)
    assert (note.text, note.shade) == (sent["text"].strip(), read)


@pytest.mark.parametrize("text", ["sixsix", " ", "a\x00b", None])
def test_a_check_refuses_the_rest(text: str | None) -> None:
    with pytest.raises(ValidationError):
        Note.model_validate({"text": text})


def test_the_schema_says_what_is_checked() -> None:
    told = properties(Note)
    assert {name: told["text"][name] for name in ("type", "minLength", "maxLength")} == {
        "type": "string",
        "minLength": 1,
        "maxLength": 5,
    }
    assert told["shade"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert told["shade"]["default"] == "red"


def test_the_schema_of_a_change_gives_no_default_to_send() -> None:
    assert [name for name, told in properties(NoteChange).items() if "default" in told] == []
    assert NoteChange.model_validate({}).model_fields_set == set()
