"""What models are given to go by, so that Chinese comes out in Traditional characters with punctuation."""

from __future__ import annotations

from bot.texts import Language, say

_LANGUAGES = {"zh": Language.ZH_TW, "en": Language.EN}


def prompts() -> dict[str, str]:
    """The sentence for each language that has one."""
    return {code: say("media.transcription_prompt", language) for code, language in _LANGUAGES.items()}


def prompt_for(language: str | None) -> str:
    """The sentence for the language of a recording; none where that isn't known, since it would sway the model."""
    return prompts().get(language or "", "")
