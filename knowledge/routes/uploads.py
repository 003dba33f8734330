"""What is sent to be imported: a form with a file, a bare file, or a page's URL in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.errors import BadRequest
from bot.web.multipart import base_name, parse_multipart
from bot.web.requests import read_body, read_model, validate
from knowledge import keywords
from knowledge.importing.fetching import LONGEST_NAME, name_in
from knowledge.repository.imports import NewImport
from knowledge.schemas.imports import NewImportBody, PageImportBody

LONGEST_TYPE = 100
LONGEST_ID = 20
_TEXTS = frozenset({"audience", "apply", "created_by", "updated_by"})


async def read_upload(request: web.Request) -> tuple[NewImportBody, NewImport]:
    """What is said of the import, and the import itself without its options and its vendor.

    Raises BadRequest where nothing to import was sent, and what `read_body` raises.
    """
    kind = request.content_type
    if kind == "application/json":
        page = await read_model(request, PageImportBody)
        return page, NewImport(name_in(page.url), url=page.url)
    body = await read_body(request)
    if kind == "multipart/form-data":
        return _form(body, request.headers.get("Content-Type", ""))
    said = {name: request.query[name] for name in request.query if name != "filename"}
    file_name = base_name(request.query.get("filename", ""))
    declared = request.headers.get("Content-Type", "")
    return _said(said), _file(body, file_name, declared)


def _form(body: bytes, content_type: str) -> tuple[NewImportBody, NewImport]:
    parts = parse_multipart(body, content_type)
    files = [part for part in parts if part.file_name is not None]
    if len(files) != 1:
        raise BadRequest("The form must hold one file, in the field `file`.")
    said = _said({part.name: part.text for part in parts if part.file_name is None})
    return said, _file(files[0].data, files[0].file_name or "", files[0].content_type)


def _file(data: bytes, file_name: str, content_type: str) -> NewImport:
    if not data:
        raise BadRequest("The file is empty: there is nothing to import.")
    # A longer name keeps its ending, which tells what the file is.
    return NewImport(file_name[-LONGEST_NAME:], data=data, content_type=content_type[:LONGEST_TYPE] or None)


def _said(fields: Mapping[str, str]) -> NewImportBody:
    """The fields of a form or a query, which are texts all of them."""
    said: dict[str, Any] = {name: text for name, text in fields.items() if name in _TEXTS and text.strip()}
    vendor_id = fields.get("vendor_id", "").strip()
    if vendor_id:
        said["vendor_id"] = _number_or_name(vendor_id)
    if "intents" in fields:
        said["intents"] = [_number_or_name(one) for one in keywords.split(fields["intents"])]
    return validate(NewImportBody, said)


def _number_or_name(text: str) -> int | str:
    """An id where the text is nothing but digits, and few enough of them to be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else text
