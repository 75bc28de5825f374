"""Report documents of the audit: a settlement, what is open, and people. Of documents by value; nothing is added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, TEXT, WORD, Cell, Column, Report, Table
from pos.domain.season import Season

_TOTALS: Final = ("taken", "tax", "commission", "due", "over_short")


def _user(season: Season, user: str) -> str:
    return season.users[user].name if user in season.users else user


def settlement(
    season: Season, told: Mapping[str, Any], made_at: str, changes: Mapping[str, str] | None = None
) -> Report:
    """What is, or was, submitted (`settlements.SUBMITTED`). `changes` are adjustments by later facts, of which the
    hash that was submitted knows nothing."""
    figures, currency = told["figures"], season.venue.currency

    def money(text: str) -> Money:
        return Money.parse(text, currency)

    tenders = tuple((tender, money(amount)) for tender, amount in sorted(figures["tenders"].items()))
    channels = tuple(
        (one["channel"], one["sold"], one["back"], *(money(one[key]) for key in ("tickets", "other", "commission")))
        for one in figures["channels"]
    )
    tables = [
        Table(
            "tenders", (Column("tender", WORD), Column("amount", MONEY)), tenders, ("total", money(figures["taken"]))
        ),
        Table(
            "channels",
            (
                Column("channel", WORD),
                Column("sold", COUNT),
                Column("returned", COUNT),
                Column("tickets", MONEY),
                Column("other", MONEY),
                Column("commission", MONEY),
            ),
            channels,
        ),
        Table(
            "summary",
            (Column("item", WORD), Column("amount", MONEY)),
            tuple((name, money(figures[name])) for name in _TOTALS if name in figures),
        ),
    ]
    if changes:
        rows = tuple((name.removeprefix("tender:"), money(amount)) for name, amount in changes.items())
        tables.append(Table("adjustments", (Column("item", WORD), Column("amount", MONEY)), rows))
    facts: list[tuple[str, Cell]] = [
        ("agreement", told["agreement"]),
        ("period", told["period"]),
        ("till", season.tills.get(told["till"], told["till"])),
        ("people", ", ".join(_user(season, one) for one in told["people"])),
    ]
    return Report(
        "settlement",
        season.venue.name,
        currency,
        made_at,
        tuple(facts),
        tuple(tables),
        told["provisional"],
        signatures=("supervisor", "auditor"),
        parameters={"settlement": told["settlement"]},
    )


def open_items(season: Season, name: str, items: Sequence[Mapping[str, Any]], made_at: str) -> Report:
    """The worklist: what is open, with whom, since when. `name` is "differences" or "anomalies"."""
    columns = (
        Column("rule", WORD),
        Column("day", DAY),
        Column("about", TEXT),
        Column("figures", TEXT),
        Column("owner", TEXT),
        Column("opened", MOMENT),
        Column("state", WORD),
    )
    rows = tuple(
        (
            one["rule"],
            one.get("day"),
            ", ".join(_user(season, user) for user in one["people"]),
            said_of(one),
            _user(season, one["owner"]),
            one["opened_at"],
            f"state_{one['state']}",
        )
        for one in items
    )
    return Report(name, season.venue.name, season.venue.currency, made_at, (), (Table(name, columns, rows),))


def said_of(item: Mapping[str, Any]) -> str:
    """An item's figures in short: "6 of 40, -2.50 EUR"."""
    figures = item["figures"]
    parts = []
    if "hits" in figures:
        parts.append(f"{figures['hits']} / {figures['of']}" if "of" in figures else str(figures["hits"]))
    amount = figures.get("difference") or figures.get("amount")
    if amount is not None:
        parts.append(f"{amount} {figures['currency']}")
    elif figures.get("minor"):
        parts.append(f"{Money(figures['minor'], figures['currency'])} {figures['currency']}")
    parts += [f"{sign}{figures[name]}" for name, sign in (("missing", "−"), ("more", "+")) if figures.get(name)]
    return ", ".join(parts)


def people(season: Season, persons: Iterable[Mapping[str, Any]], since: str, until: str, made_at: str) -> Report:
    """What each did, a row each."""
    counts = ("sales", "tickets", "refunds", "voids", "copies", "no_sales", "complaints", "drills")
    columns = (
        Column("cashier", TEXT),
        *(Column(name, COUNT) for name in counts),
        Column("seconds_a_sale", COUNT),
        Column("over_short", MONEY),
    )
    currency = season.venue.currency
    rows = tuple(
        (
            one["name"],
            *(one[name] for name in counts),
            one["seconds_a_sale"],
            Money.parse(one["over_short"], currency),
        )
        for one in persons
    )
    facts: tuple[tuple[str, Cell], ...] = (("since", since), ("until", until))
    return Report("people", season.venue.name, currency, made_at, facts, (Table("people", columns, rows),))


def card_totals(
    season: Season, ended: Iterable[Mapping[str, Any]], since: str, until: str, made_at: str, *, partial: bool
) -> Report:
    """Terminals' ends of day against the tills' own card payments, a row each."""
    currency = season.venue.currency

    def money(text: str | None) -> Money | None:
        return None if text is None else Money.parse(text, currency)

    columns = (
        Column("day", DAY),
        Column("till", TEXT),
        Column("cashier", TEXT),
        Column("terminal_total", MONEY),
        Column("expected", MONEY),
        Column("difference", MONEY),
    )
    rows = tuple(
        (
            one["day"],
            season.tills.get(one["till"], one["till"]),
            _user(season, one["user"]),
            *(money(one[key]) for key in ("total", "expected", "difference")),
        )
        for one in ended
    )
    facts: tuple[tuple[str, Cell], ...] = (("since", since), ("until", until))
    notes = ("own_facts_only",) if partial else ()
    tables = (Table("card_totals", columns, rows),)
    return Report("card_totals", season.venue.name, currency, made_at, facts, tables, partial, notes=notes)
