from __future__ import annotations

import gc
import subprocess
import sys

from bot.loading import load
from tests.support.code import ROOT

SDKS = (
    "import sys; from bot.cli import command_line; command_line('serve'); print({'linebot', 'openai'} & {*sys.modules})"
)


def test_a_module_is_loaded_by_its_name_and_garbage_is_collected_as_before() -> None:
    assert (load("bot.loading").load, gc.isenabled()) == (load, True)


def test_no_sdk_is_loaded_before_the_settings_are_read() -> None:
    done = subprocess.run([sys.executable, "-c", SDKS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")
