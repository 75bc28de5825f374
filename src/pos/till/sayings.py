"""What a payment terminal says, in the five languages: the cashier's screen and the customer's each have their own."""

from __future__ import annotations

from typing import Final

_SAYINGS: Final[dict[str, dict[str, str]]] = {
    "insert_card": {
        "en": "Present or insert card",
        "zh_TW": "請感應或插入卡片",
        "vi": "Chạm hoặc đưa thẻ vào máy",
        "uk": "Прикладіть або вставте картку",
        "hu": "Érintse vagy helyezze be a kártyát",
    },
    "remove_card": {
        "en": "Remove card",
        "zh_TW": "請取出卡片",
        "vi": "Rút thẻ ra",
        "uk": "Вийміть картку",
        "hu": "Vegye ki a kártyát",
    },
    "enter_pin": {
        "en": "Enter PIN at the terminal",
        "zh_TW": "請在刷卡機輸入密碼",
        "vi": "Nhập mã PIN trên máy thẻ",
        "uk": "Введіть PIN на терміналі",
        "hu": "Adja meg a PIN-kódot a terminálon",
    },
    "wrong_pin": {
        "en": "Wrong PIN",
        "zh_TW": "密碼錯誤",
        "vi": "Sai mã PIN",
        "uk": "Неправильний PIN",
        "hu": "Hibás PIN-kód",
    },
    "pin_blocked": {
        "en": "Too many wrong PINs",
        "zh_TW": "密碼錯誤次數過多",
        "vi": "Nhập sai PIN quá nhiều lần",
        "uk": "Забагато неправильних PIN",
        "hu": "Túl sok hibás PIN-kód",
    },
    "asking_bank": {
        "en": "Asking the bank",
        "zh_TW": "正在向銀行請求授權",
        "vi": "Đang hỏi ngân hàng",
        "uk": "Запит до банку",
        "hu": "Kapcsolat a bankkal",
    },
    "please_wait": {
        "en": "Please wait",
        "zh_TW": "請稍候",
        "vi": "Vui lòng chờ",
        "uk": "Зачекайте",
        "hu": "Kérem, várjon",
    },
    "approved": {
        "en": "Approved",
        "zh_TW": "已核准",
        "vi": "Đã chấp thuận",
        "uk": "Схвалено",
        "hu": "Jóváhagyva",
    },
    "declined": {
        "en": "Declined",
        "zh_TW": "遭拒絕",
        "vi": "Bị từ chối",
        "uk": "Відхилено",
        "hu": "Elutasítva",
    },
    "card_expired": {
        "en": "Card expired",
        "zh_TW": "卡片已過期",
        "vi": "Thẻ hết hạn",
        "uk": "Термін дії картки минув",
        "hu": "Lejárt kártya",
    },
    "card_unreadable": {
        "en": "Card not readable",
        "zh_TW": "無法讀取卡片",
        "vi": "Không đọc được thẻ",
        "uk": "Картка не читається",
        "hu": "A kártya nem olvasható",
    },
    "limit_reached": {
        "en": "Card limit reached",
        "zh_TW": "超過卡片額度",
        "vi": "Vượt hạn mức thẻ",
        "uk": "Недостатньо коштів або ліміту",
        "hu": "A kártya kerete nem elég",
    },
    "reversing": {
        "en": "The terminal takes the payment back",
        "zh_TW": "刷卡機正在取消交易",
        "vi": "Máy thẻ đang hủy giao dịch",
        "uk": "Термінал скасовує платіж",
        "hu": "A terminál visszavonja a fizetést",
    },
    "closing_day": {
        "en": "The terminal ends its day",
        "zh_TW": "刷卡機日結中",
        "vi": "Máy thẻ đang kết toán ngày",
        "uk": "Термінал закриває день",
        "hu": "A terminál napi zárást végez",
    },
    "ask_cashier": {
        "en": "The terminal waits for the cashier",
        "zh_TW": "刷卡機等待收銀員",
        "vi": "Máy thẻ chờ thu ngân",
        "uk": "Термінал чекає на касира",
        "hu": "A terminál a pénztárosra vár",
    },
    "abort_ignored": {
        "en": "The terminal does not stop; it may still charge",
        "zh_TW": "刷卡機未停止,仍可能扣款",
        "vi": "Máy thẻ không dừng; vẫn có thể trừ tiền",
        "uk": "Термінал не зупиняється й може списати кошти",
        "hu": "A terminál nem áll le, a terhelés még megtörténhet",
    },
}


def in_all_languages(saying: str) -> dict[str, str]:
    """Language -> text; empty for what is none of the usual sayings."""
    return dict(_SAYINGS.get(saying, {}))
