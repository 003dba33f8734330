"""What the path and the query of a request say, checked like a body."""

from __future__ import annotations

import re
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel

from bot.errors import NotFound
from bot.web.requests import validate
from knowledge.schemas.fields import LARGEST_ID

Model = TypeVar("Model", bound=BaseModel)
_ID = re.compile(r"[1-9][0-9]{0,18}")


def path_id(request: web.Request, missing: NotFound) -> int:
    """The id in the path. Raises `missing` for what can't be one: nobody is told how ids look."""
    text = request.match_info["id"]
    if not _ID.fullmatch(text) or int(text) > LARGEST_ID:
        raise missing
    return int(text)


def read_query(request: web.Request, model: type[Model]) -> Model:
    """The query as a `model`. Raises BadRequest with one sentence that names the parameter."""
    return validate(model, dict(request.query))
