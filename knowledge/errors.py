"""What the chat engine refuses, and how it says so."""

from __future__ import annotations

from bot.errors import BadRequest, Conflict, Forbidden, NotFound, TooManyRequests
from bot.texts import say


class VendorNotFound(NotFound):
    """There is no such vendor, or the principal may not see it: which of the two isn't told."""

    code = "vendor_not_found"

    def __init__(self, vendor_id: int | None = None) -> None:
        super().__init__("業者不存在" if vendor_id is None else f"業者不存在: {vendor_id}")


class VendorInactive(Forbidden):
    code = "vendor_inactive"

    def __init__(self, vendor_id: int) -> None:
        super().__init__(f"業者未啟用: {vendor_id}")


class VendorCodeTaken(BadRequest):
    """The contract answers 400 here, not 409."""

    code = "vendor_code_taken"

    def __init__(self, vendor_code: str) -> None:
        super().__init__(say("api.vendor_code_taken", code=vendor_code))


class EntryNotFound(NotFound):
    code = "entry_not_found"
    message = "There is no such knowledge entry."


class SharedIsReadOnly(Forbidden):
    """What all vendors of a tenant share is not one vendor's to change."""

    code = "shared_is_read_only"
    message = "This credential is bound to one vendor and can't change what all vendors share."


class AlreadyCustomized(Conflict):
    """A vendor has one version of its own of a global entry, and no second."""

    code = "already_customized"

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"This vendor has its own version of the entry already: {entry_id}.")


class IntentNotFound(NotFound):
    code = "intent_not_found"
    message = "There is no such intent."


class NoSuchIntent(BadRequest):
    """An entry names an intent that its vendor doesn't have."""

    code = "no_such_intent"

    def __init__(self, intent: str | int) -> None:
        super().__init__(f"intents: there is no intent {intent!r} that this entry could serve.")


class IntentNameTaken(BadRequest):
    code = "intent_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"name: there is an intent {name!r} already.")


class UncallableIntent(BadRequest):
    code = "uncallable_intent"
    message = "endpoint: only intents of the types data_query, action and hybrid have one."


class TooManyExamples(BadRequest):
    code = "too_many_examples"

    def __init__(self, most: int) -> None:
        super().__init__(f"examples: an intent has at most {most}.")


class NothingToSign(Conflict):
    code = "nothing_to_sign"
    message = "This intent has no endpoint, and so no secret."


class NoSuchQuestion(NotFound):
    code = "no_such_question"
    message = "There is no such unanswered question."


class AlreadyAnswered(Conflict):
    code = "already_answered"

    def __init__(self, entry_id: int | None) -> None:
        super().__init__(f"This question is answered already, by entry {entry_id}.")


class ImportNotFound(NotFound):
    code = "import_not_found"
    message = "There is no such import."


class TooManyImports(TooManyRequests):
    code = "too_many_imports"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} imports are being worked on already. Please wait for them.", retry_after=10)


class WrongState(Conflict):
    """An import isn't in a state in which this can be done."""

    code = "wrong_import_state"

    def __init__(self, state: str, wanted: str) -> None:
        super().__init__(f"This import is in the state {state}; it can only be {wanted}.")


class NoSuchRow(BadRequest):
    code = "no_such_row"

    def __init__(self, number: int) -> None:
        super().__init__(f"rows: this import has no row {number}.")


class NotImportable(BadRequest):
    """A row that couldn't be read has nothing to import, unless question and answer are given with it."""

    code = "row_not_importable"

    def __init__(self, number: int) -> None:
        super().__init__(f"rows: row {number} couldn't be read; give its question and its answer to import it.")
