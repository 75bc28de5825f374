"""A letter to whoever has tickets for a show that was called off or moved: what happened, and what they may do."""

from __future__ import annotations

import base64
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.refund import shares
from pos.domain.sale import OVER
from pos.domain.season import Show, name_in
from pos.till.counter.tickets import heard, sale_of
from pos.till.desk import Desk, Verb
from pos.till.words import Words

_AT_THE_WINDOW: Final = ("cash", "foreign", "card_slip")
_TEXTS: Final[dict[str, dict[str, str]]] = {
    "heading": {
        "en": "About your tickets",
        "zh_TW": "關於您的門票",
        "vi": "Về vé của quý khách",
        "uk": "Щодо ваших квитків",
        "hu": "Az Ön jegyeiről",
    },
    "greeting": {
        "en": "Good day {name},",
        "zh_TW": "{name} 您好:",
        "vi": "Kính chào {name},",
        "uk": "Добрий день, {name}!",
        "hu": "Jó napot kívánunk, {name}!",
    },
    "cancelled": {
        "en": "We are sorry: this performance does not take place.",
        "zh_TW": "很抱歉,本場演出取消。",
        "vi": "Rất tiếc, suất diễn này bị hủy.",
        "uk": "На жаль, ця вистава не відбудеться.",
        "hu": "Sajnáljuk, ez az előadás elmarad.",
    },
    "abandoned": {
        "en": "We are sorry: this performance was broken off.",
        "zh_TW": "很抱歉,本場演出中止。",
        "vi": "Rất tiếc, suất diễn này đã bị dừng giữa chừng.",
        "uk": "На жаль, цю виставу було перервано.",
        "hu": "Sajnáljuk, ez az előadás félbeszakadt.",
    },
    "closed": {
        "en": "We are sorry: these seats cannot be used at this performance. They are exchanged or paid back in full.",
        "zh_TW": "很抱歉,本場演出無法使用以下座位,可換位或全額退款。",
        "vi": "Rất tiếc, không thể dùng các ghế này ở suất diễn này. Quý khách được đổi ghế hoặc hoàn đủ tiền.",
        "uk": "На жаль, ці місця на цій виставі недоступні. Їх обміняємо або повернемо повну вартість.",
        "hu": "Sajnáljuk, ezek a helyek ezen az előadáson nem használhatók. Kicseréljük, vagy visszaadjuk az árukat.",
    },
    "moved": {
        "en": "We are sorry: this performance has been moved.",
        "zh_TW": "很抱歉,本場演出改期。",
        "vi": "Rất tiếc, suất diễn này được dời ngày.",
        "uk": "На жаль, цю виставу перенесено.",
        "hu": "Sajnáljuk, ez az előadás más időpontra került.",
    },
    "new_date": {
        "en": "The new date: {when}. Your tickets are exchanged for it without a fee.",
        "zh_TW": "新的時間:{when}。換票免手續費。",
        "vi": "Ngày mới: {when}. Đổi vé không mất phí.",
        "uk": "Нова дата: {when}. Обмін квитків без збору.",
        "hu": "Az új időpont: {when}. A jegycsere díjmentes.",
    },
    "comes_back": {
        "en": "{amount} goes back the way it was paid; nothing is kept. You need not come.",
        "zh_TW": "{amount} 將依原付款方式全額退還,您無須前來。",
        "vi": "{amount} được hoàn đủ theo cách đã trả. Quý khách không cần đến.",
        "uk": "{amount} повернемо повністю тим самим шляхом. Приходити не потрібно.",
        "hu": "{amount} levonás nélkül visszajár a fizetés módján. Nem kell befáradnia.",
    },
    "come": {
        "en": "{amount} is paid back at the box office, without a deduction. Please bring the tickets.",
        "zh_TW": "{amount} 可至售票處全額退還,請攜帶門票。",
        "vi": "{amount} được hoàn đủ tại quầy vé. Xin mang theo vé.",
        "uk": "{amount} повернемо в касі без утримань. Візьміть із собою квитки.",
        "hu": "{amount} levonás nélkül visszajár a jegypénztárban. Kérjük, hozza el a jegyeket.",
    },
}


def letter(desk: Desk, *, show: str, sale: str) -> Verb[dict[str, Any]]:
    """The letter to a sale's buyer, as a PDF of A4 in base64, in the buyer's language where it is known.

    Raises Refused: unknown_show, unknown_ticket, bad_request for a show that takes place or a sale that has no
    ticket left of it, device_absent.
    """
    desk.signed_in()
    the_show, document = desk.season().show(show), sale_of(desk, sale)
    closed = desk.called_off.closed.get(show, {})
    if not (the_show.called_off or closed):
        raise Refused("bad_request", field="show", reason="this show takes place as it was announced")
    tickets = [
        body
        for body in document["tickets"]
        if body["show"] == show and (the_show.called_off or body["unit"] in closed) and _alive(desk, document, body)
    ]
    if not tickets:
        raise Refused("bad_request", field="sale", reason="no ticket of it is left for this show")
    if desk.outside.layouts is None:
        raise Refused("device_absent", device="layouts")
    content = _content(desk, the_show, document, tickets)
    made: bytes = yield desk.outside.layouts.sheet(content)
    told = {key: document.get(key, "") for key in ("name", "contact")}
    return {"letter": {"sale": document["id"], "language": content["language"], **told}, "pdf": _text(made)}


def _text(made: bytes) -> str:
    return base64.b64encode(made).decode()


def _alive(desk: Desk, sale: dict[str, Any], body: dict[str, Any]) -> bool:
    ended = desk.ledger.tickets.ended([body["id"]]).get(body["id"])
    return (ended or heard(desk, sale, body).get("state", "live")) not in OVER


def _content(desk: Desk, show: Show, sale: dict[str, Any], tickets: list[dict[str, Any]]) -> dict[str, Any]:
    season = desk.season()
    language = str(sale.get("buyer", {}).get("language") or desk.outside.locale)
    language = language if language in _TEXTS["heading"] else "en"
    write = Words(language, ZoneInfo(season.venue.timezone))

    def say(key: str, **fields: str) -> str:
        return _TEXTS[key][language].format(**fields)

    currency = season.venue.currency
    seating = desk.belief.seating(show.id)
    rows = []
    for body in tickets:
        ix = seating.find(body["unit"])
        label = seating.label(ix) if ix is not None else body["place"]
        rows.append({"text": label, "amount": write.money(Money.parse(body["price"], currency))})
    paid = shares(sale, currency)
    amount = write.money(Money(sum(Money.parse(body["price"], currency).minor for body in tickets), currency))
    here = any(tender.kind in _AT_THE_WINDOW for body in tickets for tender in paid[body["id"]])
    notes = [say("greeting", name=str(sale.get("name", "")))] if sale.get("name") else []
    notes.append(say(show.state if show.cancelled else "moved" if show.called_off else "closed"))
    if show.called_off:
        new = next((each for each in season.shows.values() if each.replaces == show.id), None)
        when = new.starts if new is not None else None if show.cancelled or show.state == "postponed" else show.starts
        notes += [say("new_date", when=write.moment(when))] if when is not None else []
    notes.append(say("come" if here or not show.cancelled else "comes_back", amount=amount))
    title = name_in(show.titles, language) or show.production
    return {
        "kind": "list",
        "language": language,
        "venue": season.venue.name,
        "heading": say("heading"),
        "at": write.day(desk.clock.now()),
        "till": sale["id"],
        "copy": 0,
        "groups": [{"heading": f"{title} · {write.moment(show.starts)}", "rows": rows}],
        "notes": notes,
    }
