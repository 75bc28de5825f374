"""Reports to render: everything that a document can have, and as much of it as is asked for."""

from __future__ import annotations

from pos.data import resource
from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, PERCENT, TEXT, WORD, Chart, Column, Report, Table
from pos.paper.faces import FONT_FILES
from pos.paper.reports.words import ReportWords, Writer

WORDS = ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8"))
FONTS = {name: resource("fonts", name).read_bytes() for name in FONT_FILES}
# Names that people gave, in the scripts of every language; and those that a spreadsheet would obey.
TITLES = ("Carmen – Bizet", "蝴蝶夫人", "Đêm hội trăng rằm", "Запорожець за Дунаєм", "A kékszakállú herceg vára")
FORMULAS = ("=1+1", "+CMD()", "-2+3", "@SUM(A1)")


def write(language: str) -> Writer:
    return Writer(language, WORDS)


def money(minor: int, currency: str = "EUR") -> Money:
    return Money(minor, currency)


def settlement(
    *, rows: int = 5, currency: str = "EUR", provisional: bool = False, names: tuple[str, ...] = TITLES
) -> Report:
    """A day: sales by show with shares, an hour's line, tenders as bars, a list without a total."""
    shows = [
        (names[at % len(names)], 40 + at, money(123_450 + 100 * at, currency), money(-1_200, currency), 8_750)
        for at in range(rows)
    ]
    columns = (
        Column("show"),
        Column("tickets", COUNT),
        Column("gross", MONEY),
        Column("refunds", MONEY),
        Column("occupancy", PERCENT),
    )
    total = (
        None,
        sum(row[1] for row in shows),
        money(sum(row[2].minor for row in shows), currency),
        money(sum(row[3].minor for row in shows), currency),
        None,
    )
    tenders = (
        ("cash", money(250_00, currency)),
        ("card", money(480_50, currency)),
        ("refund", money(-30_00, currency)),
    )
    hours = tuple((f"{hour}:00", 3 * hour % 17) for hour in range(9, 23))
    return Report(
        "daily_settlement",
        "Oper am Ring",
        currency,
        "2027-12-03T23:10:00+01:00",
        (("day", "2027-12-03"), ("till", "Window 1"), ("cashier", "Софія"), ("tickets", 1_920)),
        (
            Table("sales", columns, tuple(shows), total, Chart("shares", "show", "gross")),
            Table(
                "tender",
                (Column("tender", WORD), Column("amount", MONEY)),
                tenders,
                (None, money(700_50, currency)),
                Chart("bars", "tender", "amount"),
            ),
            Table("hour", (Column("hour"), Column("tickets", COUNT)), hours, None, Chart("line", "hour", "tickets")),
            Table(
                "refunds",
                (Column("ticket"), Column("at", MOMENT), Column("day", DAY), Column("reason", TEXT)),
                (("T1-000123-1", "2027-12-03T19:30:00+01:00", "2027-12-03", "illness"),),
            ),
        ),
        provisional,
        ("T2", "T3") if provisional else (),
        ("own_facts_only",) if provisional else (),
        ("cashier", "supervisor"),
        {"day": "2027-12-03"},
    )
