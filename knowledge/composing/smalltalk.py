"""Greetings and thanks: what needs a fitting word and no knowledge. Pure."""

from __future__ import annotations

import re
import unicodedata

_SAID = {
    "greeting": "你好|您好|妳好|哈囉|哈嘍|嗨|安安|早|早安|午安|晚安|早上好|晚上好|在嗎|有人在嗎|有人嗎|"
    "hi|hello|hey|good morning|good afternoon|good evening",
    "thanks": "謝謝|謝謝你|謝謝您|謝啦|感謝|感謝您|感恩|多謝|3q|thx|thanks|thank you|thank you very much",
    "goodbye": "掰掰|拜拜|再見|bye|goodbye|bye bye",
    "acknowledged": "好|好的|好喔|了解|瞭解|知道了|收到|沒事了|沒問題|ok|okay|got it|嗯|嗯嗯",
}
_KIND = {word: kind for kind, words in _SAID.items() for word in words.split("|")}
_PARTICLES = re.compile(r"[啊呀喔哦唷呦耶囉啦嗎ㄛㄚ]+$")


def kind_of(text: str) -> str | None:
    """`greeting`, `thanks`, `goodbye` or `acknowledged` where `text` says that and nothing else."""
    plain = unicodedata.normalize("NFKC", text).lower()
    # Punctuation, emoji and everything else that isn't said aloud.
    words = " ".join("".join(c if c.isalnum() else " " for c in plain).split())
    kinds = {_KIND.get(part) or _KIND.get(_PARTICLES.sub("", part)) for part in _parts(words)}
    return kinds.pop() if len(kinds) == 1 else None


def _parts(words: str) -> list[str]:
    """`words` whole if that is one of ours, else its single words: 你好 在嗎."""
    return [words] if words in _KIND or _PARTICLES.sub("", words) in _KIND else words.split(" ")
