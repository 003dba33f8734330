"""What owners write and is an order of the desk, and what only sounds like one."""

from __future__ import annotations

import pytest

from bot.texts import Language, catalogue
from handlers.line.owner import handover, opening, pausing, teaching, values
from handlers.line.owner.desk import heard_action

READERS = {
    "teach": teaching.read,
    "hours": opening.read,
    "set_value": values.read,
    "takeover": handover.read,
    "pause": pausing.read,
}


def asked_for(text: str) -> str | None:
    """The action that a text asks for, in the order of the desk."""
    heard = heard_action(text)
    return heard or next((name for name, read in READERS.items() if read(text) is not None), None)


ORDERS = """
選單 menu|功能表 menu|使用說明 menu|怎麼用？ menu|幫助 menu|help menu|Ｍｅｎｕ menu|有什麼功能 menu
沒回答的 unanswered|還有沒回答的嗎？ unanswered|看未回答 unanswered
教 teach|我要教你 teach|教:可以刷卡嗎=可以 teach|請記住：可以刷卡 teach|教問：可以刷卡嗎答：可以 teach
改參數 values|修改參數 values|參數 values
繳費日改成五號。 set_value|繳費日改5號 set_value|滯納金調整為$300 set_value|請幫我把電話換成02-1234-5678 set_value
營業時間 hours|營業時間改成每天10:00-20:00 hours|禮拜一不營業 hours|平日9-18假日10-17 hours|週日改成休息 hours
明天店休 hours|因為颱風明天休息 hours|每個禮拜一公休 hours|12/24到12/26休息 hours|10/10照常營業 hours|10月10日公休 hours
暫停營業 pause|先暫停一下 pause|暫停：今天提早休息 pause|恢復回覆 resume|取消暫停 resume
我來回 takeover|交還給小幫手 giveback|等待的顧客 waiting|今天有人問嗎 summary|今天有幾個人問 summary
我要加店員 invite_helper|移轉店長 transfer|我要群發 broadcast|這個月用了多少 quota|呼叫詞 trigger_word
確定 nothing|送出 nothing|不要 nothing|算了 cancel
"""

OTHER_TEXTS = """
可以教我嗎|教我怎麼用|教室在幾樓|教師節有優惠嗎|記住我的名字了嗎|請記住我對花生過敏|remember to call me
營業時間是幾點？|你們營業時間|週末營業時間|平日幾點到幾點|今天有開嗎|今天休息嗎|明天公休嗎|週一有公休嗎
營業時間怎麼改|營業時間多久|營業時間和電話|明天不開心|後天沒開車|12/24 18:00-21:00 我要訂位
過年休息到幾號|哪天公休|9:00-18:00可以看房嗎|週三3點到5點有位子嗎|我們明天休息一下|這週六有開課嗎|10/10開幕
繳費日是幾號|繳費日可以改嗎|怎麼把繳費日改成5號|可以換成豆漿嗎|預約可以改成下週三嗎|能不能改到星期六
電話換了嗎？|設定怎麼用|密碼要怎麼設定|滯納金為多少|參數怎麼改
暫停營業的時候怎麼辦|可以暫停嗎|暫停服務到什麼時候？|什麼時候恢復營業|會員可以暫停一個月嗎
取消訂單|我要取消訂位|可以取消嗎|群發是什麼意思|團購群組|店員在嗎|你們缺店員嗎|信用卡額度|可以轉讓合約嗎
解除綁定要怎麼做|接手機費用多少|預覽是什麼|今天怎麼樣？天氣好嗎|菜單在哪|你好|謝謝|我要找真人|WiFi密碼是多少
are you closed tomorrow|how do I pause|do you have a menu?|is Monday off?|what are the opening hours
"""


def listed(texts: str) -> list[str]:
    return [text for line in texts.split("\n") for text in line.split("|") if text]


@pytest.mark.parametrize("order", listed(ORDERS))
def test_an_order_is_heard(order: str) -> None:
    text, _, action = order.rpartition(" ")
    assert asked_for(text) == action


@pytest.mark.parametrize("text", listed(OTHER_TEXTS))
def test_a_question_is_no_order(text: str) -> None:
    assert asked_for(text) is None


ON_THE_MENU = (
    "unanswered teach values preview waiting summary broadcast quota pause resume hours groups helpers settings"
)


@pytest.mark.parametrize("name", [*ON_THE_MENU.split(), "transfer", "menu"])
@pytest.mark.parametrize("language", Language)
def test_the_names_on_the_menu_are_heard_as_words(name: str, language: Language) -> None:
    assert heard_action(catalogue(language)[f"menu.{name}"]) == name
