"""Content as a till would make it, in the five languages the shows of the demo come in."""

from __future__ import annotations

from typing import Any

TICKETS: dict[str, dict[str, Any]] = {
    "en": {
        "venue": "Opera House",
        "title": "Tosca",
        "starts": "Fri 3 December 2027, 19:30",
        "date": "Friday 3 December 2027",
        "time": "19:30",
        "doors": "Doors open 18:45",
        "place": "Stalls C 12",
        "zone": "Stalls",
        "row": "C",
        "number": "12",
        "category": "Category A",
        "price_type": "Adult",
        "price": "€58.00",
        "fees": "incl. €1.00 counter fee",
        "tax": "incl. 10 % VAT €5.27",
        "terms": ["Refunds until 24 hours before the start, less 10 %.", "No admission after the start."],
        "sold": "22 Nov 2026 10:31",
    },
    "uk": {
        "venue": "Оперний театр",
        "title": "Запорожець за Дунаєм",
        "starts": "пт, 3 грудня 2027 р., 19:30",
        "date": "п’ятниця, 3 грудня 2027",
        "time": "19:30",
        "doors": "Двері відчинено з 18:45",
        "place": "Партер, ряд Ґ, місце 7",
        "zone": "Партер",
        "row": "Ґ",
        "number": "7",
        "category": "Категорія A",
        "price_type": "Дорослий",
        "price": "1 250,00 ₴",
        "fees": "у т. ч. касовий збір 25,00 ₴",
        "terms": ["Повернення до 24 годин до початку, мінус 10 %.", "Після початку вхід заборонено."],
        "sold": "22 лист. 2026 10:31",
    },
    "zh_TW": {
        "venue": "國家歌劇院",
        "title": "牡丹亭",
        "starts": "2027年12月3日 週五 19:30",
        "date": "2027年12月3日 週五",
        "time": "19:30",
        "doors": "18:45 開放入場",
        "place": "一樓 12排 24號",
        "zone": "一樓",
        "row": "12",
        "number": "24",
        "category": "甲級",
        "price_type": "全票",
        "price": "NT$1,800",
        "fees": "含手續費 NT$30",
        "terms": ["演出前24小時可退票，收取10%手續費。", "遲到觀眾須於中場休息時入場，敬請見諒。"],
        "sold": "2026/11/22 10:31",
    },
    "vi": {
        "venue": "Nhà hát Lớn Hà Nội",
        "title": "Hồ thiên nga",
        "starts": "Thứ Sáu, 3/12/2027, 19:30",
        "date": "Thứ Sáu, 3 tháng 12, 2027",
        "time": "19:30",
        "doors": "Mở cửa 18:45",
        "place": "Tầng trệt C 12",
        "zone": "Tầng trệt",
        "row": "C",
        "number": "12",
        "category": "Hạng A",
        "price_type": "Người lớn",
        "price": "1.200.000 ₫",
        "notice": "Tầm nhìn hạn chế",
        "terms": ["Hoàn vé trước giờ diễn 24 tiếng, trừ phí 10 %.", "Không vào cửa sau giờ bắt đầu."],
        "sold": "22/11/2026 10:31",
    },
    "hu": {
        "venue": "Operaház",
        "title": "A denevér – Őszi ünnepi gálaelőadás",
        "starts": "2027. december 3., péntek 19:30",
        "date": "2027. december 3., péntek",
        "time": "19:30",
        "doors": "Kapunyitás 18:45",
        "place": "Földszint 12. sor 104. szék",
        "zone": "Földszint, bal páholy",
        "row": "12",
        "number": "104",
        "category": "A kategória",
        "price_type": "Felnőtt",
        "price": "18 500 Ft",
        "tax": "ebből ÁFA 5 % 881 Ft",
        "terms": ["Visszaváltás az előadás előtt 24 óráig, 10 % levonással."],
        "sold": "2026. nov. 22. 10:31",
    },
}
for _language, _ticket in TICKETS.items():
    _ticket.update(
        kind="ticket",
        language=_language,
        code="HF7K2M9QX4TB",
        ticket="T1-000123-1",
        sale="T1-000123",
        till="T1",
        copy=0,
    )


def ticket(language: str = "en", **changes: Any) -> dict[str, Any]:
    """A ticket's content, with some fields changed; None leaves a field out."""
    merged = {**TICKETS[language], **changes}
    return {name: value for name, value in merged.items() if value is not None}


def area_ticket(**changes: Any) -> dict[str, Any]:
    """A ticket for a standing area."""
    return ticket(place="Standing", area="Standing", zone=None, row=None, number=None, **changes)


def receipt(**changes: Any) -> dict[str, Any]:
    """A receipt's content."""
    return {
        "kind": "receipt",
        "language": "en",
        "venue": "Opera House",
        "address": "1 Ring Road, 1010 Vienna",
        "sale": "T1-000123",
        "at": "22 Nov 2026 10:31",
        "till": "Window 1",
        "cashier": "Anna",
        "lines": [
            {"text": "Tosca, Fri 3 Dec 19:30", "detail": "Stalls C 12 · Adult", "amount": "58.00"},
            {"text": "Tosca, Fri 3 Dec 19:30", "detail": "Stalls C 13 · Student", "amount": "29.00"},
        ],
        "fees": [{"text": "Counter fee 2 × 1.00", "amount": "2.00"}],
        "total": "€89.00",
        "tenders": [{"text": "Cash", "amount": "89.00"}],
        "given": "100.00",
        "change": "11.00",
        "taxes": [{"text": "10 % VAT included", "amount": "8.09"}],
        "thanks": ["Thank you. Enjoy the show!"],
        "copy": 0,
        **changes,
    }


def card_slip(**changes: Any) -> dict[str, Any]:
    """A card slip's content."""
    return {
        "kind": "card_slip",
        "language": "en",
        "lines": [
            {"text": "** CUSTOMER **", "centred": True},
            {"text": "", "gap": True},
            {"text": "Sum", "amount": "EUR 59.00"},
            {"text": "PAN ************4111"},
        ],
        "copy": 0,
        **changes,
    }


def report(**changes: Any) -> dict[str, Any]:
    """A Z report's content."""
    return {
        "kind": "z_report",
        "language": "en",
        "venue": "Opera House",
        "shift": "T1-7",
        "till": "Window 1",
        "cashier": "Anna",
        "opened": "22 Nov 2026 09:00",
        "closed": "22 Nov 2026 20:15",
        "number_range": "1041–1398",
        "groups": [
            {
                "heading": "By tender",
                "rows": [{"text": "Cash", "amount": "1,238.50"}, {"text": "Card", "amount": "4,010.00"}],
            },
            {"heading": "By price type", "rows": [{"text": "Adult 41", "amount": "2,378.00"}]},
        ],
        "expected": "1,438.50",
        "counted": "1,438.00",
        "difference": "−0.50",
        "provisional": True,
        "signatures": ["Cashier: Anna", "Witness"],
        "copy": 0,
        **changes,
    }
