"""What a call can't be accepted for."""

from __future__ import annotations

from bot.errors import BadRequest, PayloadTooLarge, Unavailable


class UnsupportedAudio(BadRequest):
    code = "unsupported_audio"
    message = "audio_file must be a recording in base64, a data URL with one, or an http(s) URL."


class AudioTooLarge(PayloadTooLarge):
    code = "audio_too_large"
    message = "The recording is larger than 25 MiB."


class IntakeBusy(Unavailable):
    code = "intake_busy"
    message = "Too many large recordings arrive at once. Please try again."
