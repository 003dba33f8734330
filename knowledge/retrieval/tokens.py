"""Text to index terms: characters and pairs of characters for Han, whole words for Latin.

Terms are 64-bit numbers, so that an index is a few flat arrays rather than a dictionary of strings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import blake2b

import numpy as np
import opencc
from numpy.typing import NDArray

Terms = NDArray[np.uint64]

# Han and what is read by the character like it: 々〆〇, kana, bopomofo and Hangul. Firsts and lasts.
HAN_RANGES = (
    ("\u3005", "\u3007"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
    ("\u3040", "\u30ff"),
    ("\u3100", "\u312f"),
    ("\uac00", "\ud7a3"),
)
_HAN = "".join(f"{first}-{last}" for first, last in HAN_RANGES)
WORD = re.compile(rf"[^\W_{_HAN}]+")
_RUN = re.compile(rf"[{_HAN}]+|{WORD.pattern}")
_HAN_RUN = re.compile(rf"[{_HAN}]")
# How terms are told apart: characters are code points, pairs two of them, words have the highest bit.
PAIR_SHIFT = np.uint64(21)
WORD_BIT = 1 << 63
_COURTESY = re.compile(r"請問一下|想請問|請問|想問一下|想問|不好意思|你好|您好|謝謝您|謝謝")
# 星期一, 禮拜一 and 週一 are one day; folded before.
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天])")
_SUFFIXES = ("ies", "ing", "ed", "es", "s", "ly")
_SHORTEST_STEM = 3
# What carries a sentence and not its topic, in Simplified as all text is folded.
CARRYING_HAN = frozenset(
    "的了吗呢吧啊呀喔我你您妳他是有在要会能可以不什么怎样哪谁几多少请问想和或及与之此这那个们到把被给让就都也还很再又嘛为何如时候于对从因卖"
)
CARRYING_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the is are was were be do does did how what when where which who why i you my your me it its of to in on "
        "at for and or can could would should will with from that this there have has had not if as by about any get "
        "am we our",
    )
)


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """`text` with width, case and Traditional/Simplified differences taken away; half characters go."""
    whole = text.encode(errors="ignore").decode()
    folded: str = _simplifier().convert(unicodedata.normalize("NFKC", whole).lower())
    return folded


def canonical(folded: str) -> str:
    """A folded text with what is written in several ways written in one."""
    return _WEEKDAY.sub(lambda found: "周" + found[1].replace("天", "日"), folded)


def without_courtesies(text: str) -> str:
    """A question without the phrases that only make it polite; `text` itself where nothing else is left."""
    return _COURTESY.sub("", text).strip(" ,，。!！~～") or text


def runs_of(folded: str) -> Iterator[tuple[str, bool]]:
    """The runs of Han and the Latin words of a folded text in order, each with whether it is Han."""
    return ((run, _HAN_RUN.match(run) is not None) for run in _RUN.findall(folded))


def terms_of(text: str) -> Terms:
    """The terms of `text` in order, with repeats: uint64, shape (n,)."""
    return folded_terms_of(fold(text))


def folded_terms_of(folded: str) -> Terms:
    """The terms of a text that went through `fold` already."""
    parts: list[Terms] = []
    words: list[int] = []
    for run, is_han in runs_of(canonical(folded)):
        if is_han:
            parts.extend(_characters_and_pairs(run))
        else:
            words.append(word_term(run))
    if words:
        parts.append(np.array(words, dtype=np.uint64))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def topic_terms_of(text: str) -> Terms:
    """The distinct characters and words of `text` that say what it is about: uint64, shape (n,)."""
    terms: set[int] = set()
    for run, is_han in runs_of(canonical(fold(text))):
        if is_han:
            terms.update(ord(character) for character in run if character not in CARRYING_HAN)
        elif run not in CARRYING_WORDS:
            terms.add(word_term(run))
    return np.array(sorted(terms), dtype=np.uint64)


def bare(text: str) -> str:
    """`text` by its letters and figures alone, to tell whether two texts are the same but for their dress."""
    return "".join(_RUN.findall(fold(text)))


def is_latin(text: str) -> bool:
    """Whether most letters of `text` are Latin."""
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and sum(character.isascii() for character in letters) > len(letters) / 2


def _characters_and_pairs(run: str) -> tuple[Terms, Terms]:
    points = np.frombuffer(run.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    return points, (points[:-1] << PAIR_SHIFT) | points[1:]


def _stem(word: str) -> str:
    """A light English stem: enough that plurals and verb forms meet, too little to join strangers."""
    if not word.isascii():
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM and not word.endswith("ss"):
            return word[: -len(suffix)] + ("y" if suffix == "ies" else "")
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word


@lru_cache(maxsize=1 << 15)
def word_term(word: str) -> int:
    """The term of a folded word, the same for all its forms."""
    return int.from_bytes(blake2b(_stem(word).encode(), digest_size=8).digest()) | WORD_BIT
