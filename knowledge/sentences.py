"""Text to sentences and back, losing nothing. Pure."""

from __future__ import annotations

import re

# A sentence ends after its closing mark, brackets that close with it included, or at a line's end. A
# full stop only ends one before a space, so that 3.5, www.example.com and {{key}} stay whole.
_SENTENCE = re.compile(
    r"""(?: \{\{[^{}\n]*\}\} | [^。！？!?；;\n.] | [.](?!\s|$) | (?<=\d)[.](?=[ ]) | [!?](?=[\w=&/]) )*+
        (?: (?: [。！？!?；;]+ | [.](?=\s|$) ) [」』”"）)\]]* [ \t]* \n* | \n+ | $ )""",
    re.VERBOSE,
)
_CLAUSE = re.compile(r"[^，,、：:。！？!?；;\n]+")


def split(text: str) -> list[str]:
    """The sentences of `text`, each with its closing mark and the space after; joined they are `text`."""
    return [match[0] for match in _SENTENCE.finditer(text) if match[0]]


def clause_at(text: str, start: int, end: int) -> str:
    """The clause of `text` that holds `start:end`: what stands between commas around it."""
    for match in _CLAUSE.finditer(text):
        if match.start() <= start < match.end():
            return text[match.start() : max(match.end(), end)]
    return text[start:end]
