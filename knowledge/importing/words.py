"""The words of `words.toml`, ready to be looked up: column names, audiences, marks of questions and answers."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files

from knowledge.entries import Audience

_WORDS = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
_REMARK = re.compile(r"[(\[（【][^()\[\]（）【】]*[)\]）】]")
_NOISE = re.compile(r"[\s_*:：．.、\-#\"']+")


class Column(StrEnum):
    QUESTION = "question"
    ANSWER = "answer"
    KEYWORDS = "keywords"
    AUDIENCE = "audience"
    INTENTS = "intents"


def _plain(name: str) -> str:
    """A name as it is compared: `* Question_Summary (required)` is `questionsummary`."""
    name = unicodedata.normalize("NFKC", name).lower()
    return _NOISE.sub("", _REMARK.sub("", name))


COLUMNS: Mapping[str, Column] = {
    _plain(word): Column(key) for key, words in _WORDS["columns"].items() for word in words
}
AUDIENCES: Mapping[str, Audience] = {
    _plain(word): Audience(key) for key, words in _WORDS["audiences"].items() for word in words
}
_MARKS = _WORDS["marks"]
_COUNT = rf"(?:[ ]?\d{{1,3}}|[{_MARKS['digits']}]{{1,3}})?"
_CLOSED = r"(?:[ ]?[】\]）)][ ]?[:：.．、]?|[ ]?[:：.．、])"
_MARKED = r"[ \t]*(?:[*_]{{1,3}}|>[ ])?[【\[（(]?(?:{words}){count}(?:{closed}|(?<=\d)[ ]+){emphasis}[ \t]*"
_NUMBER = rf"(?:[(（]?\d{{1,3}}[.．、)）]|[(（]?[{_MARKS['digits']}]{{1,3}}[、.．)）])"


def _mark(words: list[str]) -> re.Pattern[str]:
    return re.compile(_MARKED.format(words="|".join(words), count=_COUNT, closed=_CLOSED, emphasis=r"(?:[*_]{1,3})?"))


QUESTION_MARK = _mark(_MARKS["question"])
ANSWER_MARK = _mark(_MARKS["answer"])
NUMBERED = re.compile(rf"[ \t]*{_NUMBER}[ \t]*(?!\d)")
PAGE_NUMBER = re.compile(
    rf"[-–— ]*(?:{'|'.join(_MARKS['page_number'])}|(?:page|p\.?)?\s*\d{{1,4}}(?:\s*(?:/|of)\s*\d{{1,4}})?)[-–— ]*",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[?？][\s\"'」』）)*_]*$")
_ASKING = re.compile(rf"{'|'.join(_MARKS['asking'])}|^(?:{'|'.join(_MARKS['asking_first'])})\b", re.IGNORECASE)

# Folded (Simplified): figures and words that turn a question into another one.
NUMERALS: str = _MARKS["numerals"]
DENIALS: str = _MARKS["denials"]
ASKING_WHAT: tuple[str, ...] = tuple(_MARKS["asking_what"])


def column_of(name: str) -> Column | None:
    """The column that a header names, in Chinese or English."""
    return COLUMNS.get(_plain(name))


def audience_of(name: str) -> Audience | None:
    """The audience that a cell names; everyone where it is empty, None where it is unknown."""
    plain = _plain(name)
    return AUDIENCES.get(plain) if plain else Audience.ALL


def ends_as_question(text: str) -> bool:
    return _ASKED.search(text) is not None


def is_question(heading: str) -> bool:
    """Whether a heading asks something, with a question mark or in words."""
    return ends_as_question(heading) or _ASKING.search(heading) is not None
