"""Whether an answer shows what only the model was told: the rules, the business's wishes, the data's form. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.llm.data import unfenced
from bot.llm.port import Prompt, Role
from knowledge import sentences
from knowledge.retrieval.tokens import is_latin

# Letters in a row that nobody writes by chance; of Chinese, where a letter is a word, fewer will do.
LATIN_RUN, HAN_RUN = 24, 12
# How much a whole sentence must weigh to be one that nobody writes by chance: a Chinese letter counts thrice.
SENTENCE, _HAN_WEIGHT = 18, 3
_MOST_LATIN = HAN_RUN // 2
# What a business wants said word for word stands in quotation marks, and may be said.
_QUOTED = re.compile('\u300c[^\u300d]*\u300d|\u300e[^\u300f]*\u300f|\u201c[^\u201d]*\u201d|"[^"]*"')
_FORM = re.compile(r"\{\{|</?data>|\"(?:business|style|history|sources|intents)\"\s*:", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
_WORD = re.compile(r"[A-Za-z]{2,}")
_FEW_WORDS = 4


def fault_in(text: str, prompt: Prompt, known: Sequence[str]) -> str | None:
    """What `text`, an answer to `prompt`, shows that it must not, for the model to read; None where nothing.

    `known` are the texts that an answer may repeat: sources, and what the customer wrote.
    """
    if _FORM.search(text) or is_coded(text, known):
        return "it shows parts of the data's form"
    if recites(text, prompt, known):
        return "it repeats the rules or the style instead of following them"
    return "it changes its language" if changes_language(text, known) else None


def recites(text: str, prompt: Prompt, known: Sequence[str]) -> bool:
    """Whether `text` repeats the prompt's rules or wishes, forwards or backwards, and `known` doesn't say the same."""
    told = _hidden(prompt)
    hidden = {run for one in told for run in _runs(one)} - {run for one in known for run in _runs(one)}
    if not hidden.isdisjoint([*_runs(text), *_runs(text[::-1])]):
        return True
    said, open_ = _letters(text), "".join(map(_letters, known))
    wishes = (_letters(wish) for one in told for wish in sentences.split(one))
    return any(_weight(wish) >= SENTENCE and wish in said and wish not in open_ for wish in wishes)


def is_coded(text: str, known: Sequence[str]) -> bool:
    """Whether `text` holds a long run of letters and digits, such as base64, that none of `known` holds."""
    return any(not any(found[0] in one for one in known) for found in _CODE.finditer(text))


def changes_language(text: str, known: Sequence[str]) -> bool:
    """Whether a text beside its own script has a sentence in Latin letters whose words `known` mostly doesn't hold."""
    parts = sentences.split(text)
    if not any(_has_letters(part) and not is_latin(part) for part in parts):
        return False
    words = {word for one in known for word in _WORD.findall(one.casefold())}
    latin = (part for part in parts if not any(c.isalpha() and not c.isascii() for c in part))
    return any(len(set(_WORD.findall(part.casefold())) - words) >= _FEW_WORDS for part in latin)


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _hidden(prompt: Prompt) -> list[str]:
    rules = [message.text for message in prompt.messages if message.role is Role.SYSTEM]
    data = [unfenced(message.text) or {} for message in prompt.messages if message.role is Role.USER]
    return [*rules, *(_QUOTED.sub("\n", str(one.get("style") or "")) for one in data)]


def _runs(text: str) -> set[str]:
    """Every long run of letters; where most are Chinese, every shorter one."""
    letters = _letters(text)
    long = {letters[at : at + LATIN_RUN] for at in range(len(letters) - LATIN_RUN + 1)}
    short = (letters[at : at + HAN_RUN] for at in range(len(letters) - HAN_RUN + 1))
    return long | {run for run in short if sum(character.isascii() for character in run) <= _MOST_LATIN}


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _weight(letters: str) -> int:
    return sum(1 if character.isascii() else _HAN_WEIGHT for character in letters)
