"""Words for one thing, so that 逾期滯納金, 遲繳手續費 and a late fee meet. Pure.

A text is reduced to its terms: a concept for each word that has one, and every other character that
carries meaning (in English, every other word).
"""

from __future__ import annotations

import re
from functools import lru_cache

# What a figure may be about. A clause that names one of these which a parameter's name doesn't is
# about something else, however alike the rest is.
_SUBJECTS = {
    "押金": "押金 保證金 押租金 deposit",
    "訂金": "訂金 定金 預付款 預付金",
    "清潔": "清潔 打掃 清掃 cleaning",
    "水電": "水電 水費 電費 瓦斯 台電 自來水 電力 utilities electricity water gas",
    "管理費": "管理費 management",
    "停車": "停車 車位 車庫 parking",
    "網路": "網路 寬頻 wifi wi-fi internet",
    "鑰匙": "鑰匙 磁扣 門禁卡 門卡 感應卡 房卡 keys keycard",
    "門禁": "門禁",
    "保險": "保險 insurance",
    "解約": "終止 解約 退租 中途解約 違約 解除 terminate termination",
    "合約": "合約到期 到期 續約 換約 renew renewal",
    "仲介": "仲介 agent",
    "發票": "發票 收據 invoice receipt",
    "影印": "影印 列印 傳真 copies fax",
    "搬家": "搬家 搬遷 搬入 moving",
    "維修": "維修 修繕 報修 修理 故障 repair repairs maintenance",
    "寵物": "寵物 毛小孩 毛孩 養貓 養狗 貓狗 貓咪 狗狗 帶貓 帶狗 pet pets",
    "吸菸": "吸菸 抽菸 吸煙 抽煙 smoking",
    "低消": "低消 低銷 最低消費 基本消費",
    "服務費": "服務費 service-charge",
    "運費": "運費 郵資 宅配費 配送費 運送費 shipping",
    "免運": "免運費 免運",
    "外送": "外送 外賣 送餐 delivery",
    "外帶": "外帶 外帶杯 takeout takeaway",
    "自備": "自備 環保杯",
    "退貨": "退貨 換貨 退換貨 退換 鑑賞期 猶豫期 return returns",
    "退款": "退款 退費 退還 返還 歸還 refund refunded refunds returned",
    "取消": "取消 cancel cancellation cancelled",
    "改期": "改期 改約 延期 更改預約 更改時間 reschedule",
    "預約": "預約 訂位 訂房 預訂 預定 book booking reservation reservations appointment",
    "保留": "保留 留位 hold held",
    "會員": "會員 vip member members",
    "用餐": "用餐 限時 內用 dining",
    "開瓶": "開瓶 corkage",
    "包場": "包場 場租 venue",
    "加時": "加時 超時 延時 overtime",
    "遲到": "遲到 晚到",
    "逾": "逾期 遲繳 晚繳 延遲 遲付 延滯 遲交 欠繳 未繳 超過繳費日 late overdue",
    "寬": "寬限 緩衝 grace",
    "剪髮": "剪髮 剪頭髮 理髮 haircut",
    "染髮": "染髮 染頭髮 coloring",
    "燙髮": "燙髮 燙頭髮 perm",
    "護髮": "護髮",
    "洗髮": "洗髮 洗頭",
    "掛號": "掛號費 掛號 registration",
    "部分負擔": "部分負擔",
    "診察": "看診 門診 診察 診療 consultation",
    "入會": "入會 會籍 joining",
    "體驗": "體驗 試上 試用 trial",
    "教練": "教練 trainer coach",
    "暫停": "暫停 請假 凍結 freeze",
    "保固": "保固 warranty",
    "生日": "生日 壽星 birthday",
    "點數": "點數 積點 集點 紅利 points",
    "效期": "有效 使用期限 效期 期效 valid expire expires validity",
    "公休": "公休 店休 休館 固定休 休診 closed",
    "點餐": "最後點餐 點餐",
    "座位": "座位 席位 seats",
    "出貨": "出貨 到貨 寄出 寄送 送達 dispatch",
    "入住": "入住 check-in",
    "退房": "退房 check-out checkout",
    "遺失": "遺失 補發 lost",
    "補助": "補助 補貼 subsidy",
    "車資": "車程 步行 捷運 公車",
    "審核": "審核 核准 開立 申請",
    "折舊": "折舊",
    "材料": "材料",
    "蛋糕": "蛋糕 cake",
}
# Words that name no subject by themselves.
_OTHERS = {
    "繳": "繳納 繳交 繳費 繳款 繳租 交租 付款 付租 支付 匯款 轉帳 繳 付 交付 入帳 付費 pay payment paid due payable "
    "要交 該交 得交 交錢 交房租 交租金",
    "罰": "手續費 滯納金 罰金 罰款 罰 加收 penalty fine",
    "違約金": "違約金",
    "折扣": "折扣 優惠 打折 折抵 discount",
    "租金": "租金 房租 月租 rent",
    "租": "租期 租約 租賃 承租 簽約 租 lease tenancy contract",
    "服": "客服 服務 客戶服務 support customer-service",
    "話": "專線 電話 熱線 手機 市話 撥打 請撥 來電 致電 撥 phone call hotline tel telephone",
    "營業": "營業 開門 開店 打烊 關門 關店 上班 下班 開放 看診時間 門市 open opening business close closes closing",
    "通知": "通知 告知 預告 notice notify",
    "最短": "最短 最低 至少 最少 不得少於 minimum min least",
    "最長": "最長 最高 限 最多 至多 不得超過 上限 名額 限額 限收 每診限 每堂限 每班限 每場限 maximum max most up-to",
    "提前": "提前 提早 事先 事前 advance before",
    "月費": "月費 月會費 會費 monthly-fee membership-fee",
    "年費": "年費 annual-fee",
    "年齡": "年齡 年紀 歲數 age",
    "平日": "平日 週間 weekday weekdays",
    "假日": "假日 週末 例假日 國定假日 weekend weekends holiday holidays",
    "上午": "上午 早上 早診 早班",
    "下午": "下午 午後 午診",
    "晚上": "晚上 晚間 夜間 夜診 晚診 晚班",
    "大人": "大人 成人 adult adults",
    "兒童": "兒童 小孩 孩童 小朋友 幼童 child children kids",
    "學生": "學生 student students",
    "長者": "長者 敬老 長輩 senior seniors",
    "非會員": "非會員 non-member non-members",
    "初診": "初診 首次 第一次 新客 初次",
    "複診": "複診 回診 舊客",
    "汽車": "汽車",
    "機車": "機車",
    "短髮": "短髮",
    "長髮": "長髮 中長髮",
    "男": "男 男士 男性",
    "女": "女 女士 女性",
    "離島": "離島 外島",
    "海外": "海外 國外 境外 overseas international",
    "大杯": "大杯",
    "小杯": "小杯 中杯",
    "單人": "單人 單人房",
    "雙人": "雙人 雙人房",
    "套房": "套房",
    "雅房": "雅房",
    "首月": "首月 第一個月",
    "日計": "每日 每天 按日 逐日 每逾 per-day daily",
    "時計": "每小時 每半小時 每個小時 每鐘頭 hourly per-hour",
    "週計": "每週 每星期 weekly",
    "年計": "每年 逐年 yearly annually",
    "緊急": "緊急 急難 emergency",
    "信箱": "信箱 電子郵件 郵件 寄信 e-mail email mail",
    "網站": "網站 官網 網址 website",
    "方式": "方式 methods method",
    "地址": "地址 位置 地點 address",
}
# Of each group, one word in the text and another in a name speak of two things.
CONTRASTS = (
    {"最短", "最長"}, {"平日", "假日"}, {"大人", "兒童", "學生", "長者"}, {"會員", "非會員"}, {"初診", "複診"},
    {"汽車", "機車"}, {"短髮", "長髮"}, {"男", "女"}, {"離島", "海外"}, {"大杯", "小杯"}, {"單人", "雙人"},
    {"套房", "雅房"}, {"首月"}, {"日計", "時計", "週計", "年計"}, {"緊急"}, {"入住", "退房"},
    {"上午", "下午", "晚上"},
)  # fmt: skip
CASES = frozenset().union(*CONTRASTS)
# Others whose figures a text may state and a vendor has no say in.
OUTSIDERS = re.compile(
    r"瓦斯|台電|電力公司|自來水|警察|派出所|消防|報案|救護|市政|管委會|管理室|房東|里長|醫院|國稅|消保|衛生局|"
    r"銀行|物流|宅配|原廠|廠商|例如|範例|格式|gas company|police|fire department|hospital|bank|landlord",
    re.IGNORECASE,
)
SUBJECTS = frozenset(_SUBJECTS)
CONCEPTS = frozenset((*_SUBJECTS, *_OTHERS))
# Words that say two things at once.
_BOTH = {
    "late fee": ("逾", "罰"), "late charge": ("逾", "罰"), "late payment fee": ("逾", "罰"), "逾期費": ("逾", "罰"),
    "遲繳金": ("逾", "罰"), "security deposit": ("押金",), "minimum spend": ("低消",), "minimum charge": ("低消",),
    "minimum order": ("低消",), "cleaning fee": ("清潔",), "grace period": ("寬",), "opening hours": ("營業",),
    "business hours": ("營業",), "free shipping": ("免運",), "shipping fee": ("運費",), "delivery fee": ("外送",),
}  # fmt: skip
_ONE_FOR = {
    word.replace("-", " ").lower(): one
    for table in (_SUBJECTS, _OTHERS)
    for one, words in table.items()
    for word in words.split()
}
_ONE_FOR |= {
    word: _ONE_FOR[word.replace("-", " ")] for word in ("wi-fi", "check-in", "check-out", "non-member", "e-mail")
}
_WORDS = {word: (one,) for word, one in _ONE_FOR.items()} | _BOTH
_HAN = "\u3400-\u9fff"
# 限 is a limit only before a figure, which is blank when terms are taken: 限 20 名, but not 期限 or 限時.
_PATTERNS = {"限": r"(?<![期年無有])限(?=\s)"}
_WORD = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else _PATTERNS.get(word, re.escape(word))
        for word in sorted(_WORDS, key=len, reverse=True)
    )
)
_GENERIC = re.compile(
    r"日期|期間|期限|時間|價格|價錢|售價|定價|單價|收費|計費|上限|時段|金額|費用|數量|天數|月數|個月|人數|次數|比例|比率|號碼|規定|政策|資訊|說明|標準|門檻|可否|是否|"
    r"提供|支援|約定|應該|如果|若|則|將|會|我們|您|你們|貴|本店|本公司|本館|此|該|這|那|都|也|就|才|還|以上|以下|以內|之內|之前|之後|"
    r"[的每為是在於之約共須需請內前後日天號元月費金數時年人位次收取計算另酌一可以要有無不得或和與及並到至從由向上下個起止等且了]"
)
_ENGLISH_GENERIC = frozenset(
    re.findall(
        r"[a-z]+",
        "a an the of to in on at by for and or is are be will would must may can should your you our we us it its "
        "this that each every per month months day days hour hours minute minutes fee fees charge charged charges "
        "nt ntd twd dollars st nd rd th if from with within after until has have please there any all as not no "
        "only time times required amount total number rate percent apply applies applied am pm service",
    )
)


@lru_cache(maxsize=8192)
def terms_of(text: str) -> frozenset[str]:
    """What `text` speaks of: concepts, and the characters and English words that have none."""
    return frozenset(_concepts(text)) | unknown_in(text)


@lru_cache(maxsize=8192)
def concepts_in(text: str) -> frozenset[str]:
    return frozenset(_concepts(text))


@lru_cache(maxsize=8192)
def unknown_in(text: str) -> frozenset[str]:
    """The characters and English words that carry meaning but are in no concept."""
    rest = _GENERIC.sub(" ", _WORD.sub(" ", text.lower()))
    words = {word for word in re.findall(r"[a-z][a-z']+", rest) if word not in _ENGLISH_GENERIC}
    return frozenset(words | {one for one in re.findall(rf"[{_HAN}]", rest) if one not in _DIGITS})


_DIGITS = frozenset("零〇一二兩三四五六七八九十百千萬億半")


def _concepts(text: str) -> list[str]:
    return [one for found in _WORD.finditer(text.lower()) for one in _WORDS[found[0]]]


def leading(text: str) -> frozenset[str]:
    """The concepts of the words that `text` begins with, one right after the other."""
    found: list[str] = []
    rest = text.lower()
    while (word := _WORD.match(rest)) is not None:
        found += _WORDS[word[0]]
        rest = rest[word.end() :]
    return frozenset(found)


def without_concepts(text: str) -> str:
    """`text` without the words that have a concept."""
    return _WORD.sub(" ", text.lower())


def contrasts(text: frozenset[str], name: frozenset[str]) -> bool:
    """Whether a text names one of a pair (平日) and a name the other (假日)."""
    return any(text & group and name & group and not text & name & group for group in CONTRASTS)


def specifies(text: frozenset[str], name: frozenset[str]) -> bool:
    """Whether a text names a case (每日, 最少) that a name leaves open."""
    return any(text & group and not name & group for group in CONTRASTS)


def narrows(text: frozenset[str], name: frozenset[str]) -> bool:
    """Whether one of the two names a case (假日, 每日, 機車) that the other leaves open."""
    return any(bool(text & group) != bool(name & group) for group in CONTRASTS)
