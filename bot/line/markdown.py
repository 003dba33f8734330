"""Markdown as plain text that reads well in a LINE bubble, which shows no formatting. Pure.

Only what is surely markup is touched: a stray asterisk does less harm than an eaten number.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping

BULLET = "•"
_MAX_DEPTH = 6
_NAME_AND_VALUE = 2
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[^`]*")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_RULE = re.compile(r" {0,3}(?:---|\*\*\*|___|- - -|\* \* \*|_ _ _)[ \t]*")
# "> 5" and "+ 886" are a comparison and a telephone number.
_QUOTE = re.compile(r" {0,3}(?:>[ \t]?)*> (?=\D)")
_TASK = re.compile(r"(\s*)[-*+] \[([ xX])\] ")
_BULLET = re.compile(r"(\s*)(?:\*[ \t]+|\+[ \t]+(?=[^\d\s(]))(?=\S)")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_HAN = re.compile(r"[\u3400-\u9fff]")

_URL = r"https?://[^\s<>\"'，。！？、；：「」『』（）【】《》]+"
_TARGET = r"https?://|mailto:|tel:|line:|www\.|/"
_TAGS = (
    "a|b|strong|i|em|u|s|del|ins|span|p|div|ul|ol|li|br|hr|h[1-6]|table|thead|tbody|tr|td|th|code|pre|blockquote|"
    "font|sup|sub|small|mark|center"
)
# Lengths are bounded so that a hostile line of openings without closings stays cheap.
_INLINE = re.compile(
    rf"""
    (?P<code>(?<!`)(?P<ticks>`{{1,2}})(?!`)(?P<code_text>[^`\n]{{1,1000}})(?P=ticks)(?!`))
    | (?P<link>!?\[(?P<link_text>(?:[^\[\]\n]|\[[^\[\]\n]{{0,100}}\]){{0,300}}?)\]
        \(\s*<?(?P<link_url>(?={_TARGET})(?:[^\s()<>]|\([^\s()<>]{{0,200}}\)){{1,2000}})>?
        (?:\s+(?:"[^"\n]{{0,300}}"|'[^'\n]{{0,300}}'))?\s*\))
    | <(?P<autolink>{_URL}|[\w.+-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}})+)>
    | (?P<anchor><a\s[^<>\n]{{0,500}}?href\s*=\s*["'](?P<anchor_url>[^"'\n]{{1,2000}})["'][^<>\n]{{0,500}}>
        (?P<anchor_text>[^<\n]{{0,500}})</a\s*>)
    | (?P<url>{_URL})
    | <(?P<tag>/?(?:{_TAGS}))(?:\s[^<>\n]{{0,1000}})?/?>
    | (?P<entity>&(?:nbsp|amp|lt|gt|quot|apos|\#39|\#x27);)
    | \\(?P<escaped>[*_`\#~\[\]]|(?<=\d\\)\.)
    | (?:(?<![0-9A-Za-z*])\*\*|(?<!\*)\*\*(?![0-9A-Za-z]))(?=\S)(?P<bold>[^\n]{{1,1000}}?)(?<=\S)\*\*(?!\*)
    | (?<!\w)__(?=\S)(?P<strong>[^\n]{{1,1000}}?)(?<=\S)__(?!\w)
    | (?<![\w*])\*(?=[^\s*])(?P<star>[^*\n]{{1,500}}?)(?<=\S)\*(?![\w*])
    | (?<![\w])_(?=[^\s_])(?P<line>[^_\n]{{1,500}}?)(?<=\S)_(?!\w)
    | (?<!\S)~~(?=[^\s~])(?P<struck>[^~\n]{{1,500}}?)(?<=\S)~~(?![\w~])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WRAPPED = ("bold", "strong", "star", "line", "struck")
_TAG_TEXT: Mapping[str, str] = {"br": "\n", "/p": "\n", "/div": "\n", "/tr": "\n", "/li": "\n", "li": f"{BULLET} "}


def plain_text(markdown: str) -> str:
    """`markdown` as plain text: the words stay, the marks go, links show their address.

    Text without markup comes back unchanged. Code keeps its content as it is, a table becomes a
    line for each row.
    """
    return "\n".join(_lines(markdown.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    index = 0
    while index < len(lines):
        line = lines[index]
        if fence := _FENCE.fullmatch(line):
            end = _fence_end(lines, index, fence[1])
            yield from lines[index + 1 : end]
            index = end + 1
        elif "|" in line and index + 1 < len(lines) and _is_table(line, lines[index + 1]):
            end = next((at for at in range(index + 2, len(lines)) if "|" not in lines[at]), len(lines))
            yield from _table([_cells(row) for row in (line, *lines[index + 2 : end])])
            index = end
        else:
            if not _RULE.fullmatch(line):
                yield _block(line)
            index += 1


def _fence_end(lines: list[str], start: int, mark: str) -> int:
    return next((at for at in range(start + 1, len(lines)) if lines[at].strip() == mark), len(lines))


def _is_table(header: str, rule: str) -> bool:
    return "|" in rule and _TABLE_RULE.fullmatch(rule) is not None and len(_cells(header)) == len(_cells(rule))


def _cells(row: str) -> list[str]:
    bare = row.strip().removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [_inline(cell.strip().replace("\\|", "|")) for cell in _CELL_BORDER.split(bare)]


def _table(rows: list[list[str]]) -> Iterator[str]:
    """`name：value` for two columns; `name：title value，title value` for more."""
    header, *body = rows
    colon, comma = ("：", "，") if _HAN.search("".join(map("".join, rows))) else (": ", ", ")
    if len(header) <= _NAME_AND_VALUE:
        yield from (colon.join(filter(None, row)) for row in rows)
        return
    for row in body:
        named = [f"{title} {cell}".strip() for title, cell in zip(header[1:], row[1:], strict=False) if cell]
        yield colon.join(filter(None, (row[0], comma.join(named))))


def _block(line: str) -> str:
    if heading := _HEADING.fullmatch(line):
        return _inline(heading[1])
    line = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
    if task := _TASK.match(line):
        return f"{task[1]}{'☐' if task[2] == ' ' else '☑'} {_inline(line[task.end() :])}"
    if bullet := _BULLET.match(line):
        return f"{bullet[1]}{BULLET} {_inline(line[bullet.end() :])}"
    return _inline(line)


def _inline(text: str, depth: int = 0) -> str:
    if depth > _MAX_DEPTH:
        return text
    return _INLINE.sub(_shown(depth), text)


def _shown(depth: int) -> Callable[[re.Match[str]], str]:
    """What to show for a piece of markup inside `depth` others."""

    def shown(found: re.Match[str]) -> str:
        for name in _WRAPPED:
            if found[name] is not None:
                return _inline(found[name], depth + 1)
        if found["link"] is not None:
            return _link(_inline(found["link_text"], depth + 1), found["link_url"])
        if found["anchor"] is not None:
            return _link(_inline(found["anchor_text"], depth + 1), html.unescape(found["anchor_url"]))
        return _leaf(found)

    return shown


def _leaf(found: re.Match[str]) -> str:
    """Markup that holds no other."""
    if found["code"] is not None:
        return found["code_text"].strip() or found["code"]
    if found["tag"] is not None:
        return _TAG_TEXT.get(found["tag"].lower(), "")
    if found["entity"] is not None:
        return html.unescape(found["entity"]).replace("\xa0", " ")
    return found["autolink"] or found["escaped"] or found[0]


def _link(text: str, url: str) -> str:
    address = url.removeprefix("mailto:").removeprefix("tel:")
    text = text.strip()
    return address if not text or text in {url, address} else f"{text} ({address})"
