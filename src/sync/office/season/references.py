"""What the documents of a season say of each other: everything named must exist and fit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pos.domain.audit.rules import CASH_DIFFERENCE, RULES
from pos.domain.figures.reading import CHANNELS
from pos.domain.plan import Plan
from pos.domain.price import read_prices, tax_basis_points, version_at
from pos.domain.season import MAY, SALES_GRACE, Area
from pos.domain.seating import Seating
from sync.office.season.reader import Documents, SeasonFile


class Season:
    """A file laid over what the office has. `plans` are by version: a show keeps the one it has."""

    def __init__(self, file: SeasonFile, base: Documents, plans: dict[str, Plan]) -> None:
        self.file, self.base, self.plans = file, base, plans

    def get(self, family: str, id: str) -> dict[str, Any] | None:
        return self.file.all(family).get(id) or self.base.get(family, {}).get(id)

    def all(self, family: str) -> dict[str, dict[str, Any]]:
        return {**self.base.get(family, {}), **self.file.all(family)}

    @property
    def currency(self) -> str:
        return str(next(iter(self.all("venue").values()))["currency"])

    def prices_at(self, name: str, now: datetime) -> dict[str, Any]:
        """The document of the version of a price list that is in effect; empty when there is none yet."""
        taxes = {id: tax_basis_points(document["rate"]) for id, document in self.all("tax").items()}
        versions = {
            id: read_prices(document, taxes, self.currency)
            for id, document in self.all("prices").items()
            if document.get("list", id) == name
        }
        found = version_at(versions.values(), name, now)
        return self.all("prices")[found.id] if found is not None else {}

    def plan(self, id: str) -> Plan:
        """A plan in its newest version."""
        return self.plans[self.all("plan")[id]["version"]]

    def seating(self, show: dict[str, Any]) -> Seating:
        """The places of a show document."""
        plan = self.plans[show["plan_version"]] if "plan" in show else None
        return Seating(plan, [Area(area["id"], area["capacity"]) for area in show.get("areas", [])])


def check(season: Season, now: datetime) -> None:
    """Raises Unreadable."""
    file = season.file
    (venue,) = file.all("venue") or [None]
    others = [id for id in season.base.get("venue", {}) if venue is not None and id != venue]
    if venue is not None and others:
        raise file.bad("venue", venue, "id", f"is {venue!r}, but this office is that of {others[0]!r}")
    _named(season, "prices", "tax", "tax")
    _named(season, "fee", "tax", "tax")
    _named(season, "price_type", "companion_of", "price_type")
    _named(season, "price_type", "terms", "terms")
    for key, family in (("production", "production"), ("plan", "plan"), ("terms", "terms"), ("promoter", "promoter")):
        _named(season, "show", key, family)
    _price_lists(season)
    _named(season, "product", "tax", "tax")
    for key, family in (("shows", "show"), ("price_types", "price_type")):
        _all_named(season, "promotion", key, family)
        _all_named(season, "package", key, family)
    _named(season, "show", "replaces", "show")
    _named(season, "hold", "show", "show")
    _named(season, "user", "superior", "user")
    _anomalies(season)
    for id, document in season.file.all("agreement").items():
        for till in document.get("tills", ()):
            if season.get("till", till) is None:
                raise season.file.bad("agreement", id, "tills", f"there is no till {till!r}")
    _named(season, "order", "show", "show")
    for id, document in file.all("promoter").items():
        for outlet in document.get("outlets", {}):
            if season.get("till", outlet) is None:
                raise file.bad("promoter", id, f"outlets.{outlet}", f"there is no till {outlet!r}")
        for channel in document.get("channels", {}):
            if channel not in CHANNELS:
                raise file.bad("promoter", id, f"channels.{channel}", f"is none of {', '.join(CHANNELS)}")
    for id, document in file.all("plan").items():
        _companions(season, id, document)
    for id, show in file.all("show").items():
        _show(season, id, show, now)
    _prices(season)


def _anomalies(season: Season) -> None:
    """Who owns what a rule flags may see to it, and thresholds are of rules that have them."""
    _named(season, "anomaly", "owner", "user")
    for id, document in season.file.all("anomaly").items():
        owner = season.get("user", document.get("owner", "")) or {}
        if "owner" in document and owner["role"] not in MAY["oversee"]:
            raise season.file.bad("anomaly", id, "owner", f"{document['owner']!r} is a {owner['role']}")
        rule = RULES[id]
        has = {"percent": bool(rule.of), "minutes": bool(rule.minutes), "amount": rule.id == CASH_DIFFERENCE}
        for key, there in has.items():
            if key in document and not there:
                raise season.file.bad("anomaly", id, key, f"the rule {id!r} has none")


def _named(season: Season, family: str, key: str, target: str) -> None:
    for id, document in season.file.all(family).items():
        if key in document and season.get(target, document[key]) is None:
            raise season.file.bad(family, id, key, f"there is no {target} {document[key]!r}")


def _all_named(season: Season, family: str, key: str, target: str) -> None:
    for id, document in season.file.all(family).items():
        for name in document.get(key, ()):
            if season.get(target, name) is None:
                raise season.file.bad(family, id, key, f"there is no {target.replace('_', ' ')} {name!r}")


def _price_lists(season: Season) -> None:
    lists = {document.get("list", id) for id, document in season.all("prices").items()}
    for id, show in season.file.all("show").items():
        if show["prices"] not in lists:
            raise season.file.bad("show", id, "prices", f"there is no prices {show['prices']!r}")


def _companions(season: Season, id: str, document: dict[str, Any]) -> None:
    categories = {category.name for category in season.plan(id).categories}
    for pair in document.get("companions", {}).items():
        for category in pair:
            if category not in categories:
                raise season.file.bad("plan", id, "companions", f"{category!r} is not a category of the plan")
    for key in ("accessible", "restricted"):
        for category in document.get(key, ()):
            if category not in categories:
                raise season.file.bad("plan", id, key, f"{category!r} is not a category of the plan")


def _show(season: Season, id: str, show: dict[str, Any], now: datetime) -> None:
    file = season.file
    categories = {c.name for c in season.plan(show["plan"]).categories} if "plan" in show else set()
    areas = show.get("areas", [])
    if not categories and not areas:
        raise file.bad("show", id, "", "has neither a plan nor areas")
    for index, area in enumerate(areas):
        if area["id"] in categories:
            reason = f"{area['id']!r} is also a category of the plan {show['plan']!r}"
            raise file.bad("show", id, f"areas[{index}].id", reason)
    known = categories | {area["id"] for area in areas}
    for category in show.get("allotment", {}):
        if category not in known:
            raise file.bad("show", id, "allotment", f"{category!r} is neither a category nor an area of the show")
    starts = datetime.fromisoformat(show["starts"])
    before = season.base.get("show", {}).get(id)
    if before is None or before["starts"] != show["starts"]:
        over = max(
            starts + SALES_GRACE,
            *(datetime.fromisoformat(show[key]) for key in ("sales_until", "ends") if key in show),
            starts,
        )
        if over < now:
            raise file.bad("show", id, "starts", f"{show['starts']} is in the past")
    if "ends" in show and datetime.fromisoformat(show["ends"]) <= starts:
        raise file.bad("show", id, "ends", "is not after the start")
    if "doors" in show and datetime.fromisoformat(show["doors"]) > starts:
        raise file.bad("show", id, "doors", "is after the start")


def _prices(season: Season) -> None:
    """A price for something that is nowhere is a slip of the pen that would show as "not on sale"."""
    categories = {c.name for plan in season.all("plan") for c in season.plan(plan).categories}
    categories |= {area["id"] for show in season.all("show").values() for area in show.get("areas", [])}
    types = season.all("price_type")
    for id, document in season.file.all("prices").items():
        for category, row in document["table"].items():
            if category not in categories:
                raise season.file.bad("prices", id, f"table.{category}", "is no category of a plan and no area")
            for price_type in row:
                if price_type not in types:
                    where = f"table.{category}.{price_type}"
                    raise season.file.bad("prices", id, where, f"there is no price type {price_type!r}")
    for id, document in season.file.all("promotion").items():
        for category in document.get("categories", ()):
            if category not in categories:
                raise season.file.bad("promotion", id, "categories", f"{category!r} is no category and no area")
