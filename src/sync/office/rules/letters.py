"""What notices say, in the customer's language. Pure: finished text from documents by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
KINDS: Final = ("sale", "refund", "show", "reminder", "order")

_WORDS: Final[dict[str, dict[str, str]]] = {
    "sale": {
        "en": "Your tickets, {venue}, {id}",
        "zh_TW": "您的門票，{venue}，{id}",
        "vi": "Vé của quý khách, {venue}, {id}",
        "uk": "Ваші квитки, {venue}, {id}",
        "hu": "Az Ön jegyei, {venue}, {id}",
    },
    "refund": {
        "en": "Your refund, {venue}, {id}",
        "zh_TW": "您的退款，{venue}，{id}",
        "vi": "Hoàn tiền, {venue}, {id}",
        "uk": "Повернення коштів, {venue}, {id}",
        "hu": "Visszatérítés, {venue}, {id}",
    },
    "show": {
        "en": "A show of yours has changed, {venue}",
        "zh_TW": "您的場次有異動，{venue}",
        "vi": "Suất diễn của quý khách có thay đổi, {venue}",
        "uk": "Зміни у вашій виставі, {venue}",
        "hu": "Megváltozott egy előadás, {venue}",
    },
    "reminder": {
        "en": "Your show is coming up, {venue}",
        "zh_TW": "演出提醒，{venue}",
        "vi": "Nhắc lịch diễn, {venue}",
        "uk": "Нагадування про виставу, {venue}",
        "hu": "Emlékeztető az előadásra, {venue}",
    },
    "order": {
        "en": "Your reservation {id}, {venue}",
        "zh_TW": "您的預訂 {id}，{venue}",
        "vi": "Đặt chỗ {id} của quý khách, {venue}",
        "uk": "Ваше бронювання {id}, {venue}",
        "hu": "Az Ön foglalása: {id}, {venue}",
    },
    "unpaid": {
        "en": "These places are kept for you and not paid yet:",
        "zh_TW": "以下座位已為您保留，尚未付款：",
        "vi": "Các chỗ sau đang được giữ cho quý khách và chưa thanh toán:",
        "uk": "Ці місця чекають на вас і ще не оплачені:",
        "hu": "Ezeket a helyeket fenntartjuk Önnek, és még nincsenek kifizetve:",
    },
    "kept_until": {
        "en": "They are kept until {when}.",
        "zh_TW": "保留至 {when}。",
        "vi": "Giữ đến {when}.",
        "uk": "Їх тримають до {when}.",
        "hu": "Eddig tartjuk fenn: {when}.",
    },
    "greeting": {
        "en": "Good day {name},",
        "zh_TW": "{name} 您好：",
        "vi": "Kính chào {name},",
        "uk": "Добрий день, {name}!",
        "hu": "Jó napot kívánunk, {name}!",
    },
    "total": {"en": "Total", "zh_TW": "合計", "vi": "Tổng cộng", "uk": "Усього", "hu": "Összesen"},
    "paid_back": {
        "en": "Paid back",
        "zh_TW": "已退還",
        "vi": "Đã hoàn lại",
        "uk": "Повернено",
        "hu": "Visszafizetve",
    },
    "code": {"en": "code", "zh_TW": "票碼", "vi": "mã", "uk": "код", "hu": "kód"},
    "enclosed": {
        "en": "Your tickets are enclosed. Print them, or show them on your telephone.",
        "zh_TW": "門票已附於信中，請列印或以手機出示。",
        "vi": "Vé được đính kèm. Quý khách có thể in ra hoặc xuất trình trên điện thoại.",
        "uk": "Квитки у вкладенні. Роздрукуйте їх або покажіть на телефоні.",
        "hu": "Jegyeit mellékeltük. Nyomtassa ki, vagy mutassa fel a telefonján.",
    },
    "none_left": {
        "en": "None of these tickets is valid any more, so nothing is enclosed.",
        "zh_TW": "以下門票均已失效，故未附門票。",
        "vi": "Các vé này không còn giá trị nên không có vé đính kèm.",
        "uk": "Жоден із цих квитків уже не дійсний, тому вкладення немає.",
        "hu": "E jegyek egyike sem érvényes már, ezért nincs melléklet.",
    },
    "given_back": {
        "en": "returned, not valid any more",
        "zh_TW": "已退換，失效",
        "vi": "đã trả lại, không còn giá trị",
        "uk": "повернено, вже не дійсний",
        "hu": "visszaadva, már nem érvényes",
    },
    "printed": {
        "en": "printed at the box office; that paper is the one that counts",
        "zh_TW": "已於售票處列印，以該紙本為準",
        "vi": "đã in tại quầy vé, chỉ bản in đó có giá trị",
        "uk": "надруковано в касі, дійсний лише той папір",
        "hu": "a jegypénztárban kinyomtatva; az a papír érvényes",
    },
    "show_at": {
        "en": "“{title}” is now on {when}.",
        "zh_TW": "「{title}」的時間現為 {when}。",
        "vi": "“{title}” nay diễn vào {when}.",
        "uk": "«{title}» тепер {when}.",
        "hu": "„{title}” új időpontja: {when}.",
    },
    "show_off": {
        "en": "“{title}” on {when} is cancelled. Your money is paid back at any window.",
        "zh_TW": "「{title}」{when} 的場次已取消，可於任一窗口退款。",
        "vi": "“{title}” ngày {when} đã bị hủy. Quý khách được hoàn tiền tại mọi quầy.",
        "uk": "«{title}» {when} скасовано. Гроші повернуть у будь-якій касі.",
        "hu": "„{title}” ({when}) elmarad. A jegy árát bármelyik pénztárnál visszafizetjük.",
    },
    "coming": {
        "en": "We look forward to seeing you: “{title}”, {when}.",
        "zh_TW": "期待您的光臨：「{title}」，{when}。",
        "vi": "Hẹn gặp quý khách: “{title}”, {when}.",
        "uk": "Чекаємо на вас: «{title}», {when}.",
        "hu": "Várjuk szeretettel: „{title}”, {when}.",
    },
}


@dataclass(frozen=True, slots=True)
class House:
    """What a letter names of the house: shows as id -> (titles by language, when, in words)."""

    venue: str
    currency: str
    shows: dict[str, tuple[dict[str, str], str]]

    def title(self, show: str, language: str) -> str:
        titles, _ = self.shows.get(show, ({}, ""))
        return titles.get(language) or titles.get("en") or show

    def when(self, show: str) -> str:
        return self.shows.get(show, ({}, ""))[1]


def counts(ticket: dict[str, Any]) -> bool:
    """Whether a ticket that was mailed lets somebody in: it has not come back, and no copy of it is on paper."""
    return ticket.get("state", "live") == "live" and not ticket.get("copies")


def letter(
    kind: str, language: str, document: dict[str, Any], house: House, *, encloses: bool = False
) -> tuple[str, str]:
    """Subject and text. `document` is a sale's or a refund's; for a show's notice `{"show", "state", "name"}`.
    `encloses`: the tickets go with it."""
    tongue = language if language in LANGUAGES else "en"

    def say(key: str, **fields: str) -> str:
        return _WORDS[key][tongue].format_map(fields)

    subject = say(kind, venue=house.venue, id=str(document.get("id", "")))
    name = str(document.get("name", ""))
    lines = [say("greeting", name=name).replace(" ,", ",").replace(", !", "!").strip(), ""]
    if kind in ("show", "reminder"):
        key = "coming" if kind == "reminder" else "show_off" if document.get("state") == "cancelled" else "show_at"
        show = str(document["show"])
        lines.append(say(key, title=house.title(show, tongue), when=house.when(show)))
    elif kind == "order":
        held = [line for line in document.get("lines", ()) if line.get("state") == "held"]
        shown = [line | {"place": str(line.get("unit", "")).partition("#")[0]} for line in held]
        lines += [say("unpaid"), *_tickets({"tickets": shown}, tongue, house, codes=False)]
        until = str(document.get("expires", ""))[:16].replace("T", " ")
        lines += ["", say("kept_until", when=until)] if until else []
    else:
        mailed = document.get("delivery") == "email"
        gone = mailed and not any(counts(ticket) for ticket in document.get("tickets", ()))
        lines += [say("none_left"), ""] if gone else [say("enclosed"), ""] if encloses else []
        lines += _tickets(document, tongue, house, codes=mailed)
        amount = document.get("total") if kind == "sale" else document.get("amount")
        lines += ["", f"{say('total' if kind == 'sale' else 'paid_back')}: {amount} {house.currency}"]
    lines += ["", house.venue]
    return subject, "\n".join(lines) + "\n"


def _tickets(document: dict[str, Any], language: str, house: House, *, codes: bool) -> list[str]:
    """A line a ticket. A code opens a door: it is sent only where this is how the ticket is delivered."""
    lines = []
    for ticket in document.get("tickets", ()):
        show = str(ticket.get("show", ""))
        line = (
            f"{house.title(show, language)}, {house.when(show)} · {ticket.get('place', '')} · {ticket.get('price', '')}"
        )
        if codes and not counts(ticket):
            word = "printed" if ticket.get("state", "live") == "live" else "given_back"
            line += f" · {_WORDS[word][language]}"
        elif codes and "code" in ticket:
            line += f" · {_WORDS['code'][language]} {ticket['code']}"
        lines.append(line)
    return lines
