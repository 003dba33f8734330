from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SHOP_TIME
from handlers.line.owner.moments import read_moment
from handlers.line.quiet import after_quiet_hours

# A Sunday.
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=SHOP_TIME)
LATER = st.integers(1, 360 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("明天 10:00", "2026-11-23 10:00"),
        ("明天早上10點", "2026-11-23 10:00"),
        ("明早九點半", "2026-11-23 09:30"),
        ("今晚 8 點", "2026-11-22 20:00"),
        ("後天下午三點二十分", "2026-11-24 15:20"),
        ("大後天 中午12點", "2026-11-25 12:00"),
        ("週三 18:00", "2026-11-25 18:00"),
        ("下週三下午3點", "2026-11-25 15:00"),
        ("下個星期一上午11點", "2026-11-23 11:00"),
        ("禮拜天 14:00", "2026-11-29 14:00"),
        ("12/24 18:00", "2026-12-24 18:00"),
        ("１２／２４　１８：００", "2026-12-24 18:00"),
        ("12月24日 晚上6點", "2026-12-24 18:00"),
        ("十二月二十四號晚上六點", "2026-12-24 18:00"),
        ("1/1 12:30", "2027-01-01 12:30"),
        ("2027/2/3 9:05", "2027-02-03 09:05"),
        ("2026-12-24 18:00", "2026-12-24 18:00"),
        ("15:00", "2026-11-22 15:00"),
        ("14:00", "2026-11-23 14:00"),
        ("3點", "2026-11-22 15:00"),
        ("03:00", "2026-11-23 03:00"),
        ("晚上12點", "2026-11-23 00:00"),
        ("今天 10:00", "2026-11-22 10:00"),
        ("tomorrow 6 pm", "2026-11-23 18:00"),
        ("next monday 10:30 am", "2026-11-23 10:30"),
        ("8pm", "2026-11-22 20:00"),
        ("禮拜五中午", "2026-11-27 12:00"),
        ("2小時後", "2026-11-22 16:30"),
        ("半小時後", "2026-11-22 15:00"),
        ("30 分鐘之後", "2026-11-22 15:00"),
        ("三天後", "2026-11-25 14:30"),
        ("2 hours later", "2026-11-22 16:30"),
    ],
)
def test_what_people_write_is_understood(text: str, moment: str) -> None:
    found = read_moment(text, NOW)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == moment


@pytest.mark.parametrize(
    "text", ["", "明天", "好的", "25:00", "10:75", "2/30 10:00", "13/1 10:00", "明天見，10:00 好嗎", "1" * 99]
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert read_moment(text, NOW) is None


@given(LATER, st.sampled_from(["%m/%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%m月%d日 %H:%M"]))
def test_a_date_and_time_is_read_as_it_was_written(moment: datetime, written: str) -> None:
    assert read_moment(moment.strftime(written), NOW) == moment


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = read_moment(text, NOW)
    assert found is None or found.tzinfo is NOW.tzinfo


@given(LATER)
def test_nobodys_phone_rings_in_the_night(moment: datetime) -> None:
    moved = after_quiet_hours(moment)
    assert 8 <= moved.hour < 21
    assert timedelta(0) <= moved - moment <= timedelta(hours=11)
    assert after_quiet_hours(moved) == moved
