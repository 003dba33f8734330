"""What the documentation says of imports and the export."""

from __future__ import annotations

from typing import Any

from bot.web.openapi import Media, Operation
from bot.webhooks.errors import UnsafeAddress
from knowledge.errors import (
    ImportNotFound,
    NoSuchIntent,
    NoSuchRow,
    NotImportable,
    SharedIsReadOnly,
    TooManyImports,
    VendorNotFound,
    WrongState,
)
from knowledge.importing.jobs import MOST_OPEN
from knowledge.routes.operations import ACCEPT_LANGUAGE, examples
from knowledge.schemas.imports import (
    ApplyBody,
    DeletedImport,
    ImportAnswer,
    ImportList,
    ImportsQuery,
    PageImportBody,
    RowList,
    RowsQuery,
)

TAG = "Imports"
_LANGUAGE = (ACCEPT_LANGUAGE,)
_LOCATION = {"Location": {"description": "Where the job is.", "schema": {"type": "string"}}}
# What a form says beside its file, and a query beside a bare one: texts, all of them.
_SAID: dict[str, dict[str, Any]] = {
    "vendor_id": {
        "type": "integer",
        "minimum": 1,
        "description": "Whose entries they become; without it those that all vendors share, or of the vendor that the "
        "credential is bound to.",
    },
    "audience": {
        "type": "string",
        "enum": ["all", "renter", "staff"],
        "description": "Who the rows are for that don't say it themselves.",
    },
    "intents": {
        "type": "string",
        "description": "Which intents the rows serve that name none: names or ids, separated by commas.",
    },
    "apply": {
        "type": "string",
        "enum": ["preview", "auto"],
        "description": "`auto` brings in what is new at once, and leaves out all else.",
    },
    "created_by": {"type": "string", "maxLength": 100, "description": "Kept in the entries' history as said."},
}
_FORM = Media(
    types=("multipart/form-data",),
    schema={
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary", "description": "The file."}, **_SAID},
        "required": ["file"],
    },
)
_BARE = Media(types=("application/octet-stream",))
_FILE_NAME = {"type": "string", "description": "What the file is called: its ending tells what it is."}


def _of_bare_files() -> list[dict[str, Any]]:
    """The query parameters, which count beside a bare file alone."""
    for_bare = {"filename": _FILE_NAME, **_SAID}
    return [
        {
            "name": name,
            "in": "query",
            "description": f"With a bare file. {said['description']}",
            "schema": {key: value for key, value in said.items() if key != "description"},
        }
        for name, said in for_bare.items()
    ]


LIST = Operation(
    summary="List imports, the newest first",
    tag=TAG,
    query=ImportsQuery,
    parameters=_LANGUAGE,
    answers={200: ImportList},
    errors=(VendorNotFound,),
)
CREATE = Operation(
    summary="Import a file or a page",
    tag=TAG,
    description="A form with a file, a public page's URL in JSON, or a bare file of any other content type. CSV, TSV, "
    "XLSX, JSON, JSON lines, Markdown, HTML, DOCX, PDF, text and pictures, up to 20 MB and 20,000 rows. It is read "
    "first; its preview waits for `apply` unless it is brought in at once.",
    body=PageImportBody,
    uploads=(_FORM, _BARE),
    parameters=(*_LANGUAGE, *_of_bare_files()),
    answers={202: ImportAnswer},
    headers=_LOCATION,
    errors=(UnsafeAddress, NoSuchIntent("billing"), SharedIsReadOnly, VendorNotFound, TooManyImports(MOST_OPEN)),
    **examples("imports.create"),
)
GET = Operation(
    summary="Get an import, with how far it is",
    tag=TAG,
    parameters=_LANGUAGE,
    answers={200: ImportAnswer},
    errors=(ImportNotFound,),
)
DELETE = Operation(
    summary="Delete an import",
    tag=TAG,
    description="One that has ended, or a preview. The entries that it made stay.",
    answers={200: DeletedImport},
    errors=(ImportNotFound, WrongState("importing", "deleted when nothing is being done about it: cancel it first")),
)
ROWS = Operation(
    summary="List an import's rows, with what each meets",
    tag=TAG,
    query=RowsQuery,
    parameters=_LANGUAGE,
    answers={200: RowList},
    errors=(ImportNotFound,),
)
APPLY = Operation(
    summary="Bring a preview's rows in",
    tag=TAG,
    description="All at once or not at all. Without a body only what is new comes in.",
    body=ApplyBody,
    body_optional=True,
    parameters=_LANGUAGE,
    answers={202: ImportAnswer},
    headers=_LOCATION,
    errors=(
        ImportNotFound,
        WrongState("done", "applied after its preview was made, and once"),
        NoSuchRow(9),
        NotImportable(3),
    ),
    **examples("imports.apply"),
)
CANCEL = Operation(
    summary="Cancel an import before it is done",
    tag=TAG,
    parameters=_LANGUAGE,
    answers={200: ImportAnswer},
    errors=(ImportNotFound, WrongState("done", "cancelled before it has ended")),
)
