"""Web pages: what a person sees of them, as blocks, and the questions that they declare (FAQPage)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from knowledge.importing.cleaning import cleaned, normalised
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.readers.decoding import decoded
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Format, Reading, Source

_UNSEEN = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template nav footer aside head svg math iframe object embed audio video canvas form "
        "select button input textarea dialog menu",
    )
)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article blockquote body caption center div dd details dl dt fieldset figcaption figure h1 h2 h3 h4 h5 "
        "h6 header hr html li main ol p pre section summary table ul",
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:[a-z%;\s]|$)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\xa0]+")
_DEEPEST = 200
_MANY = 10_000


def read(source: Source) -> Reading:
    """Rows of a web page. Raises ImportRefused."""
    charset = _META_CHARSET.search(source.data[:4096])
    said = source.content_type or (f"charset={charset[1].decode()}" if charset else "")
    tree = _tree(decoded(source.data, said))
    if tree is None:
        return Reading(Format.HTML)
    title = tree.findtext(".//title") or ""
    declared = list(_declared(tree))
    known = {_key(block.text) for block in declared if block.kind is Kind.QUESTION}
    reading = reading_of([*declared, *_walked(tree)], Format.HTML, source.limits, title=cleaned(title))
    seen: set[str] = set()
    rows = []
    for row in reading.rows:
        # A page shows the questions that it declares too.
        question = _key(row.question)
        if question not in known or question not in seen:
            rows.append(row)
        seen.add(question)
    return Reading(Format.HTML, tuple(rows), reading.problems, reading.title, reading.needs_questions)


def _key(question: str) -> str:
    return re.sub(r"[\W_]+", "", normalised(question).lower())


def blocks_of(fragment: str) -> Iterator[Block]:
    """The blocks of a piece of HTML; nothing where there is nothing to see."""
    tree = _tree(fragment)
    return _walked(tree) if tree is not None else iter(())


def text_of(fragment: str) -> str:
    """A piece of HTML as plain text."""
    return "\n".join(block.text for block in blocks_of(fragment) if block.text)


def _tree(text: str) -> HtmlElement | None:
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _walked(tree: HtmlElement) -> Iterator[Block]:
    mains = tree.xpath("//main | //*[@role='main']")
    body = mains[0] if len(mains) == 1 else tree
    yield from _Walker(tree).walk(body)


class _Walker:
    """Gathers inline text until a block begins or ends."""

    def __init__(self, tree: HtmlElement) -> None:
        controls = tree.xpath("//@aria-controls | //@data-bs-target | //@data-target")
        # What a visible control opens is there for people, though hidden until they ask for it.
        self._opened = {name.lstrip("#") for names in controls[:_MANY] for name in names.split()}
        self._number = 0
        self._held: list[str] = []
        self._mark = ""

    def walk(self, element: HtmlElement) -> Iterator[Block]:
        yield from self._element(element, Kind.TEXT, 0)
        yield from self._flush(Kind.TEXT)

    def _element(self, element: HtmlElement, kind: Kind, depth: int) -> Iterator[Block]:
        tag = element.tag
        if not isinstance(tag, str) or depth > _DEEPEST or self._is_hidden(element):
            return
        if tag == "br":
            self._held.append("\n")
        elif tag == "table" and not _is_layout(element):
            yield from self._flush(kind)
            yield self._block(Kind.TABLE, "", cells=tuple(_rows_of(element)))
        elif tag in _BLOCKS:
            yield from self._flush(kind)
            inner = _kind_of(tag, kind)
            self._mark = _mark_of(element) if tag == "li" else self._mark
            yield from self._inside(element, inner, depth)
            yield from self._flush(inner, _HEADINGS.get(tag, 0))
            if tag in ("details", "dl"):
                yield self._block(Kind.END, "")
        else:
            yield from self._inside(element, kind, depth)

    def _inside(self, element: HtmlElement, kind: Kind, depth: int) -> Iterator[Block]:
        self._hold(element, element.text)
        for child in element:
            yield from self._element(child, kind, depth + 1)
            self._hold(element, child.tail)

    def _hold(self, element: HtmlElement, text: str | None) -> None:
        if text:
            self._held.append(text if element.tag == "pre" else _SPACES.sub(" ", text))

    def _flush(self, kind: Kind, level: int = 0) -> Iterator[Block]:
        text = cleaned("".join(self._held))
        self._held.clear()
        if text:
            block = self._block(kind, "\n".join(line.strip() for line in text.split("\n")), level=level)
            yield replace(block, mark=self._mark if kind is Kind.ITEM else "")
            self._mark = ""

    def _block(self, kind: Kind, text: str, *, level: int = 0, cells: tuple[tuple[str, ...], ...] = ()) -> Block:
        self._number += kind is not Kind.END
        return Block(kind, text, self._number, f"paragraph {self._number}", level, cells)

    def _is_hidden(self, element: HtmlElement) -> bool:
        if element.tag in _UNSEEN:
            return True
        if _HIDDEN_STYLE.search(element.get("style", "")):
            return True
        is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
        return is_hidden and element.get("id") not in self._opened


def _kind_of(tag: str, around: Kind) -> Kind:
    if tag in _HEADINGS:
        # Inside a summary a heading is the question's own.
        return around if around is Kind.QUESTION else Kind.HEADING
    kinds = {"summary": Kind.QUESTION, "dt": Kind.QUESTION, "dd": Kind.ANSWER, "li": Kind.ITEM}
    return kinds.get(tag, around if around in (Kind.QUESTION, Kind.ITEM) else Kind.TEXT)


def _mark_of(item: HtmlElement) -> str:
    """What a browser shows before a list item."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    return f"{sum(1 for _ in item.itersiblings('li', preceding=True)) + 1}. "


def _is_layout(table: HtmlElement) -> bool:
    """Whether a table only arranges a page: it has tables or headings in it, or one cell."""
    return bool(table.xpath(".//table | .//h1 | .//h2 | .//h3")) or len(table.xpath(".//td | .//th")) <= 1


def _rows_of(table: HtmlElement) -> Iterator[tuple[str, ...]]:
    for row in table.iter("tr"):
        cells = [cleaned(_SPACES.sub(" ", cell.text_content())) for cell in row if cell.tag in ("td", "th")]
        if any(cells):
            yield tuple(cells)


def _declared(tree: HtmlElement) -> Iterator[Block]:
    """Questions and answers of schema.org FAQPage data. Source: https://schema.org/FAQPage."""
    number = 0
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for question, answer in _questions_in(data):
            number += 1
            place = f"question {number}"
            yield Block(Kind.QUESTION, question, number, place)
            yield Block(Kind.ANSWER, answer, number, place)
            yield Block(Kind.END, "", number, place)


def _questions_in(data: Any) -> Iterator[tuple[str, str]]:
    waiting, looked = [data], 0
    while waiting and looked < _MANY:
        item, looked = waiting.pop(0), looked + 1
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, dict):
            answer = item.get("acceptedAnswer")
            answer = answer[0] if isinstance(answer, list) and answer else answer
            if item.get("@type") == "Question" and isinstance(answer, dict):
                yield text_of(str(item.get("name", ""))), text_of(str(answer.get("text", "")))
            else:
                waiting += [value for value in item.values() if isinstance(value, list | dict)]
