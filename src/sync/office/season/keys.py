"""The keys of a season file: which tables there are, what each may and must hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pos.domain.agreement import CYCLES
from pos.domain.announced import SENTENCES
from pos.domain.audit.rules import RULES
from pos.domain.figures.reading import COUNTER, WEB
from pos.domain.promoter import CYCLES as RUNS
from sync.office.season import values as v
from sync.office.season.values import Check


@dataclass(frozen=True)
class Table:
    """A table of the file. `key` names its records; `open` ones may hold keys not known here."""

    must: dict[str, Check]
    may: dict[str, Check] = field(default_factory=dict)
    key: str = "id"
    open: bool = False

    @property
    def checks(self) -> dict[str, Check]:
        return {**self.must, **self.may}


AREA: Final = Table({"id": v.area_id, "capacity": v.count})
ORDER_LINE: Final = Table({"price_type": v.name, "places": v.texts}, key="")
REFUND_STEP: Final = Table({"until": v.until, "fee": v.fee}, key="")

VENUE: Final = Table(
    {"id": v.name, "name": v.name, "timezone": v.zone, "currency": v.currency},
    {
        "cash_rounding": v.positive,
        "orphans": v.one_of("warn", "refuse"),
        "address": v.text,
        "tax_number": v.text,
        "denominations": v.amounts,
        "opening_hours": v.hours,
        "day_ends": v.day_ends,
        "drawer_limit": v.positive,
        "safe_by_two": v.flag,
        "drawer": v.one_of("shared", "own"),
        "no_sale": v.one_of("cashier", "supervisor"),
        "note_over": v.amount,
        "count_paper": v.flag,
        "close_by_two": v.flag,
        "refund_offline_cap": v.positive,
        "card_offline_cap": v.positive,
        "commission": v.fee,
        "void_minutes": v.count,
        "case_due_hours": v.count,
        "mobile_offline_cap": v.positive,
        "transfer_offline_cap": v.positive,
        "card_by_hand": v.flag,
        "mobile_qr": v.qr,
        "transfer_qr": v.qr,
        "tell_terms": v.flag,
        "check": v.order_check,
        "paper_low": v.count,
        "paper_low_house": v.count,
        "paper_spoil_alone": v.count,
        "stock_short": v.count,
        "stock_slow": v.slow,
    },
)

# What buyers ask about (`pos.domain.announced`): of a production, or of one show.
_ANNOUNCED: Final[dict[str, Check]] = {
    **dict.fromkeys(SENTENCES, v.sentences),
    "minutes": v.minutes,
    "intervals": v.intervals,
    "age": v.age,
}

TABLES: Final[dict[str, Table]] = {
    "tax": Table({"id": v.name, "rate": v.percent}, {"name": v.names}),
    "plan": Table(
        {"id": v.name, "file": v.name},
        {"companions": v.pairs, "accessible": v.texts, "restricted": v.texts, "best": v.taste},
    ),
    "price_type": Table(
        {"id": v.name, "name": v.names},
        {
            "proof": v.text,
            "kind": v.text,
            "min": v.count,
            "free_every": v.count,
            "approval": v.flag,
            "max_per_sale": v.count,
            "companion_of": v.name,
            "terms": v.name,
        },
    ),
    "prices": Table({"id": v.name, "table": v.price_table}, {"tax": v.name, "valid_from": v.time, "published": v.time}),
    "terms": Table(
        {"id": v.name},
        {
            "refund_until": v.until,
            "refund_fee": v.fee,
            "exchange_until": v.until,
            "exchange_fee": v.fee,
            "refund": v.anything,
            "approval_over": v.amount,
            "rename_until": v.until,
        },
    ),
    "production": Table({"id": v.name, "title": v.names}, _ANNOUNCED),
    "show": Table(
        {"id": v.show_id, "production": v.name, "starts": v.time, "prices": v.name},
        {
            "plan": v.name,
            "terms": v.name,
            "on_sale": v.time,
            "areas": v.anything,
            "allotment": v.counts,
            "doors": v.time,
            "ends": v.time,
            "sales_until": v.time,
            "state": v.one_of("scheduled", "on_sale", "moved", "postponed", "cancelled"),
            "replaces": v.name,
            **_ANNOUNCED,
            "identity": v.one_of("none", "name", "document"),
            "max_per_buyer": v.count,
            "promoter": v.name,
        },
    ),
    "fee": Table(
        {"id": v.name, "name": v.names, "per": v.one_of("ticket", "sale"), "amount": v.amount},
        {"tax": v.name, "refundable": v.flag, "channel": v.words},
    ),
    "user": Table(
        {"id": v.name, "name": v.name, "role": v.role, "pin": v.pin},
        {"superior": v.name, "email": v.email, "language": v.language},
    ),
    "till": Table({"id": v.till_id}, {"name": v.name}),
    "hold": Table(
        {"show": v.name, "type": v.name, "places": v.texts},
        {"id": v.name, "owner": v.name, "home": v.till_id, "release": v.release, "note": v.text},
    ),
    "order": Table(
        {"code": v.name, "show": v.name, "lines": v.anything},
        {
            "name": v.text,
            "contact": v.text,
            "state": v.one_of("paid", "reserved"),
            "paid": v.anything,
            "expires": v.time,
            "delivery": v.text,
            "home": v.till_id,
        },
        key="code",
    ),
    "voucher": Table({"code": v.name, "amount": v.positive}, {"valid_until": v.time}, key="code"),
    "gift_card": Table({"code": v.name, "balance": v.amount}, key="code"),
    "account": Table({"id": v.name, "name": v.name}, {"limit": v.amount}),
    "currency": Table({"code": v.currency, "rate": v.rate}, {"rounding": v.positive}, key="code"),
    "promotion": Table(
        {"id": v.name},
        {
            "name": v.names,
            "off": v.off,
            "free_every": v.count,
            "code": v.name,
            "from": v.time,
            "until": v.time,
            "shows": v.texts,
            "price_types": v.texts,
            "categories": v.texts,
            "min": v.count,
            "combinable": v.flag,
        },
    ),
    "product": Table(
        {"id": v.name},
        {
            "name": v.names,
            "price": v.positive,
            "tax": v.name,
            "kind": v.one_of("product", "donation"),
            "refundable": v.flag,
        },
    ),
    "package": Table(
        {"id": v.name, "name": v.names, "kind": v.one_of("pass", "series"), "price": v.positive},
        {
            "shows": v.texts,
            "count": v.count,
            "categories": v.texts,
            "price_types": v.texts,
            "valid_until": v.time,
            "refund_fee": v.fee,
            "stock": v.count,
        },
    ),
    "agreement": Table(
        {"id": v.agreement},
        {
            "name": v.name,
            "tills": v.texts,
            "channel": v.one_of(COUNTER, WEB),
            "cycle": v.one_of(*CYCLES),
            "commission": v.fee,
        },
    ),
    "anomaly": Table(
        {"rule": v.one_of(*RULES)},
        {
            "least": v.count,
            "percent": v.rate_percent,
            "amount": v.positive,
            "minutes": v.count,
            "owner": v.name,
            "notify": v.email,
            "off": v.flag,
        },
        key="rule",
    ),
    "promoter": Table(
        {"id": v.name},
        {
            "name": v.name,
            "commission": v.part,
            "channels": v.percents,
            "outlets": v.percents,
            "card_cost": v.part,
            "fees": v.one_of("house", "promoter"),
            "advances": v.advances,
            "cycle": v.one_of(*RUNS),
        },
    ),
}
