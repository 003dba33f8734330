"""Questions and answers found by their marks, and by paragraphs that ask. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.words import ANSWER_MARK, NUMBERED, QUESTION_MARK, ends_as_question

LONGEST_QUESTION = 120
_EMPHASIS = "*_"


def with_questions(blocks: Iterable[Block]) -> Iterator[Block]:
    """`blocks` in which what is marked as a question or an answer, or plainly asks, has become one."""
    return _with_questions_found(list(_split_marks(blocks)))


def _split_marks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks cut where a line begins with a question's or an answer's mark; the marks become kinds."""
    asked = False
    for block in blocks:
        if block.kind is Kind.QUESTION:
            asked = True
        if block.kind not in (Kind.TEXT, Kind.ITEM):
            yield block
            continue
        for kind, text in _marked_parts(block, asked):
            # An answer has begun: another "A." in it is a choice of a list.
            asked = kind is Kind.QUESTION or (asked and kind is not Kind.ANSWER)
            yield replace(block, kind=kind, text=text, mark=block.mark if kind is block.kind else "")


def _marked_parts(block: Block, asked: bool) -> Iterator[tuple[Kind, str]]:
    kind, lines = block.kind, list[str]()
    for line in block.text.split("\n"):
        question = QUESTION_MARK.match(NUMBERED.sub("", line, count=1)) or QUESTION_MARK.match(line)
        answer = ANSWER_MARK.match(line) if asked and not question else None
        mark = question or answer
        if mark is None:
            lines.append(line)
            continue
        if any(map(str.strip, lines)):
            yield kind, "\n".join(lines).strip()
        kind, lines = (Kind.QUESTION if question else Kind.ANSWER), []
        text, asked = mark.string[mark.end() :], question is not None
        if mark[0].strip().startswith(tuple(_EMPHASIS)):
            text = text.rstrip(_EMPHASIS + " ")
        if question:
            before, inline = _inline_answer(text)
            if inline is not None:
                yield kind, before
                kind, text, asked = Kind.ANSWER, inline, False
        lines.append(text)
    if any(map(str.strip, lines)) or kind is Kind.QUESTION:
        yield kind, "\n".join(lines).strip()


def _inline_answer(text: str) -> tuple[str, str | None]:
    """Question and answer of one line: what follows an answer's mark after the question mark."""
    for at, character in enumerate(text[:LONGEST_QUESTION]):
        if character in "?？ \t　。":
            mark = ANSWER_MARK.match(text, at + 1)
            if mark:
                return text[: at + 1].strip(), text[mark.end() :]
    return text, None


def _with_questions_found(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks in which short paragraphs that ask, with text after them, have become questions."""
    for at, block in enumerate(blocks):
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        question = _standing_question(block, following)
        if question is None:
            yield block
            continue
        first, rest = question
        yield Block(Kind.QUESTION, first, block.number, block.place)
        yield Block(Kind.ANSWER, rest, block.number, block.place)


def _standing_question(block: Block, following: Block | None) -> tuple[str, str] | None:
    """The question that a paragraph is, and what else it says; None where it is none."""
    if block.kind not in (Kind.TEXT, Kind.ITEM):
        return None
    first, _, rest = block.text.partition("\n")
    if not ends_as_question(first) or len(first) > LONGEST_QUESTION:
        return None
    answered = rest.strip() or (
        following is not None
        and following.kind in (Kind.TEXT, Kind.ITEM, Kind.ANSWER)
        and not ends_as_question(following.text.partition("\n")[0])
    )
    return (NUMBERED.sub("", first.strip(" *_"), count=1), rest) if answered else None
