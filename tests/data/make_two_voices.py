"""Makes `two_voices.ogg`, a synthesised call of a minute, and `two_voices.json`, which tells who speaks when.

    python tests/data/make_two_voices.py

It needs espeak-ng and sox. The agent (left, `en-us+f3`) and the customer (right, `en-gb+m3`) read lines written for
this; once the customer cuts in. Line noise at about -64 dBFS lies over both. The file is Opus at 20 kbit/s.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

HERE = Path(__file__).parent
RATE = 16_000
# With less, Opus puts both people on one channel.
BITS_A_SECOND = 20_000
VOICES = (["-v", "en-us+f3", "-s", "170"], ["-v", "en-gb+m3", "-s", "165"])
AGENT, CUSTOMER = 0, 1
# Who, how many seconds after the other has ended, and what.
LINES = (
    (AGENT, 0.8, "Good morning, thank you for calling Green Valley Coffee. My name is Dana. How can I help you today?"),
    (CUSTOMER, 0.6, "Hi Dana. I'm looking at your office subscription, but I am not sure which plan is right for us."),
    (AGENT, 0.5, "I'd be happy to help. How many people are you, and how much coffee do you drink in a week?"),
    (CUSTOMER, 0.9, "We are about twenty five people. I guess three kilos a week, maybe a little more in winter."),
    (AGENT, 0.4, "Then the medium plan fits you well. It is ninety dollars a month, with free delivery, and you can"),
    (CUSTOMER, -0.9, "Ninety dollars is too expensive for us. We pay seventy now."),
    (AGENT, 0.5, "I understand. The price includes the machine and the service. Many customers saved money that way."),
    (CUSTOMER, 0.7, "Okay, that sounds good. Can you send me an offer by email?"),
    (AGENT, 0.4, "Of course. I will send you the offer this afternoon, and I will call you back on Thursday at ten."),
    (CUSTOMER, 0.5, "Great, thank you very much. Talk to you on Thursday."),
    (AGENT, 0.3, "Thank you for your time. Have a nice day. Goodbye."),
)  # fmt: skip
QUIET, GAIN, NOISE = 60, 0.5, 20


def spoken(voice: int, text: str) -> NDArray[np.float64]:
    """A line as it is said, without the silence around it."""
    command = [shutil.which("espeak-ng") or "", *VOICES[voice], "--stdout", text]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    command = [
        shutil.which("sox") or "",
        "-t",
        "wav",
        "-",
        "-t",
        "raw",
        "-r",
        str(RATE),
        "-e",
        "signed",
        "-b",
        "16",
        "-c",
        "1",
        "-",
    ]
    raw = subprocess.run(command, input=said, capture_output=True, check=True).stdout
    samples = np.frombuffer(raw, np.int16).astype(np.float64)
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    return samples[loud[0] : loud[-1] + 1]


def main() -> None:
    end, said, told = 0.0, [], []
    for voice, gap, text in LINES:
        samples = spoken(voice, text)
        start = end + gap
        end = start + len(samples) / RATE
        said.append((voice, round(start * RATE), samples))
        told.append({"channel": voice, "start": round(start, 2), "end": round(end, 2), "text": text})
    call = np.random.default_rng(5).normal(0, NOISE, (2, round((end + 1) * RATE)))
    for voice, at, samples in said:
        call[voice, at : at + len(samples)] += samples * GAIN
    write(call.clip(-32_767, 32_767).astype(np.int16))
    whole = {"seconds": round(call.shape[1] / RATE, 2), "turns": told}
    (HERE / "two_voices.json").write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def write(call: NDArray[np.int16]) -> None:
    with av.open(str(HERE / "two_voices.ogg"), "w") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = BITS_A_SECOND
        for start in range(0, call.shape[1], RATE):
            piece = np.ascontiguousarray(call[:, start : start + RATE].T).reshape(1, -1)
            frame = AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
            frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
