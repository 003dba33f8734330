"""Markdown: headings, lists, tables, `<details>`; answers keep their Markdown as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.importing.cleaning import cleaned
from knowledge.importing.readers import html, own_markdown
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.readers.decoding import decoded
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Format, Reading, Source

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*\n")
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_MARKUP = re.compile(r"(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1|!?\[([^\]]*)\]\([^)]*\)")
_ITEM_MARK = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_DEFINED = re.compile(r"^:[ \t]+", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def read(source: Source) -> Reading:
    """Rows of a Markdown file; of one that this platform wrote, exactly those. Raises ImportRefused."""
    text = cleaned(decoded(source.data, source.content_type))
    if own_markdown.is_ours(text):
        return Reading(Format.MARKDOWN, *own_markdown.parsed(text, source.limits))
    front = _FRONT_MATTER.match(text)
    title = _TITLE.search(front[0]) if front else None
    skipped = front[0].count("\n") if front else 0
    body = text[front.end() :] if front else text
    blocks = blocks_of(body, skipped)
    return reading_of(blocks, Format.MARKDOWN, source.limits, title=title[1] if title else "")


def blocks_of(text: str, skipped: int = 0) -> Iterator[Block]:
    """The blocks of a Markdown text that stands `skipped` lines down in its file."""
    lines = text.split("\n")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        yield from _block(tokens[at : end + 1], lines, skipped)
        at = end + 1


def _closing(tokens: Sequence[Token], start: int) -> int:
    """Where the element ends that opens at `start`."""
    depth = 0
    for at in range(start, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1


def _block(tokens: Sequence[Token], lines: Sequence[str], skipped: int) -> Iterator[Block]:
    first = tokens[0]
    start, end = first.map or (0, 0)
    number = start + 1 + skipped
    place = f"line {number}"
    raw = "\n".join(lines[start:end]).strip("\n")
    match first.type:
        case "heading_open":
            yield Block(Kind.HEADING, plain(tokens[1].content), number, place, int(first.tag[1:]))
        case "table_open":
            yield Block(Kind.TABLE, raw, number, place, cells=tuple(_cells(tokens)))
        case "bullet_list_open" | "ordered_list_open":
            yield from _items(tokens, lines, skipped)
        case "html_block":
            yield from _html(raw, number, place)
        case "hr":
            return
        case _ if _DEFINED.search(raw) and "\n" in raw:
            term, _, definition = raw.partition("\n")
            yield Block(Kind.QUESTION, plain(term), number, place)
            yield Block(Kind.ANSWER, _DEFINED.sub("", definition), number, place)
            yield Block(Kind.END, "", number, place)
        case _:
            yield Block(Kind.TEXT, _COMMENT.sub("", raw), number, place)


def _items(tokens: Sequence[Token], lines: Sequence[str], skipped: int) -> Iterator[Block]:
    """A list item each, as its source lines without their mark and indentation."""
    at = 1
    while at < len(tokens) - 1:
        start, stop = tokens[at].map or (0, 0)
        first, *rest = "\n".join(lines[start:stop]).rstrip().split("\n")
        found = _ITEM_MARK.match(first)
        indent = len(found[0]) if found else 0
        text = "\n".join([first[indent:], *(line[indent:] if not line[:indent].strip() else line for line in rest)])
        number = start + 1 + skipped
        yield Block(Kind.ITEM, text, number, f"line {number}", mark=first[:indent])
        at = _closing(tokens, at) + 1


def _cells(tokens: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    row: list[str] = []
    for token in tokens:
        if token.type == "inline":
            row.append(token.content)
        elif token.type == "tr_close":
            yield tuple(row)
            row = []


def _html(raw: str, number: int, place: str) -> Iterator[Block]:
    """A piece of HTML in Markdown. A `<details>` may be left open: its answer is the Markdown that follows."""
    is_open = "<details" in raw.lower() and "</details" not in raw.lower()
    if "</details" in raw.lower() and "<details" not in raw.lower():
        yield Block(Kind.END, "", number, place)
        return
    for block in html.blocks_of(raw):
        if not (is_open and block.kind is Kind.END):
            yield replace(block, number=number, place=place)


def plain(text: str) -> str:
    """A line of Markdown without its marks of emphasis, code and links."""
    previous = None
    while previous != text:
        previous, text = text, _MARKUP.sub(lambda found: found[2] or found[3] or "", text)
    return text.strip()
