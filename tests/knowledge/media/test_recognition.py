from __future__ import annotations

import socket
from typing import NoReturn

import pytest
from PIL import Image

from knowledge.media.images import opened
from knowledge.media.recognition import recognised
from tests.knowledge.media.conftest import encoded


def test_a_notice_is_read_without_any_connection(notice: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    found = recognised(opened(notice))
    assert [line.text for line in found.lines] == [
        "租屋繳費通知",
        "繳費日：每月5日",
        "滯納金300元",
        "租金匯款帳號：臺灣銀行004-1234567890",
        "如逾期未繳，請洽櫃檯02-2712-3456",
        "押金為兩個月租金，退租時點交後退還。",
        "禁止飼養寵物、釘牆壁與擅自轉租。",
    ]
    assert found.confidence > 0.9


def test_a_photographed_receipt_keeps_its_rows(receipt: bytes) -> None:
    lines = [line.text.replace(" ", "") for line in recognised(opened(receipt)).lines]
    assert {"貢丸湯x270", "外帶餐盒x26", "小計311", "折扣-11", "總計NT$300"} <= set(lines)


def test_a_picture_without_text_has_none() -> None:
    assert recognised(opened(encoded(Image.effect_noise((400, 400), 60)))).lines == ()
