"""Text to sentences and back, losing nothing. Pure."""

from __future__ import annotations

import re

# A sentence ends after its closing mark, brackets that close with it included, or at a line's end. A
# full stop only ends one before a space, so that 3.5, www.example.com and {{key}} stay whole; that of
# "9 a.m. to 5 p.m." only before a capital or a figure.
_SENTENCE = re.compile(
    r"""(?: \{\{[^{}\n]*\}\} | [^。！？!?；;\n.] | [.](?!\s|$) | (?<=\d)[.](?=[ ])
          | (?<=[AaPp][.][Mm])[.](?=[ ][^A-Z\d\s]) | [!?](?=[\w=&/]) )*+
        (?: (?: [。！？!?；;]+ | [.](?=\s|$) ) [」』”"）)\]]* [ \t]* \n* | \n+ | $ )""",
    re.VERBOSE,
)


def split(text: str) -> list[str]:
    """The sentences of `text`, each with its closing mark and the space after; joined they are `text`."""
    return [match[0] for match in _SENTENCE.finditer(text) if match[0]]
