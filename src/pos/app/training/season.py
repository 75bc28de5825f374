"""The season that a real till has, made into one for its training."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pos.demo.season import TRAINING_TILL
from pos.store.glance import Documents, season

_FAMILIES: Final = (
    "venue", "tax", "plan", "price_type", "prices", "terms", "production", "show", "fee", "user", "currency",
    "promotion", "product", "package",
)  # fmt: skip
_PAYS: Final = ("mobile_qr", "transfer_qr")  # codes by which a telephone would send real money


def till_of(real: str) -> str:
    """The training's name of a till, 32 letters at most."""
    return f"{TRAINING_TILL}{real}"[:32]


def copy_season(replica: Path, till: str, to: Path, now: datetime, allotment: int = 0) -> str:
    """Write what the office of training is to know. What comes back tells one season from another, however much of
    it is over by now; "" when the till knows of no show that is still to come.

    Venue, hall, prices, terms and people are as they are. Places are free, codes of vouchers and orders are not
    there, and every paper and report has the word before the venue's name. With an `allotment` a till has at least so
    many places of each category in hand.
    """
    found = season(replica)
    if found is None:
        return ""
    known, plans = found
    documents = {family: dict(known.get(family, {})) for family in _FAMILIES}
    _drop_past(documents, plans, now)
    if not documents["show"]:
        return ""
    _drop_unnamed(documents, plans)
    if allotment:
        _allot(documents, plans, allotment)
    for id, venue in documents["venue"].items():
        told = {key: value for key, value in venue.items() if key not in _PAYS}
        documents["venue"][id] = told | {"name": f"TRAINING · {venue['name']}"}
    name = known.get("till", {}).get(till, {}).get("name", till)
    documents["till"] = {till_of(till): {"id": till_of(till), "name": name, "order": 0}}
    used = {body["version"] for body in documents["plan"].values()}
    used |= {show["plan_version"] for show in documents["show"].values() if "plan" in show}
    content = {
        "documents": documents,
        "plans": {version: base64.b64encode(blob).decode() for version, blob in plans.items() if version in used},
    }
    to.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    whole = [till, *(known.get(family) for family in _FAMILIES)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _allot(documents: Documents, plans: dict[str, bytes], least: int) -> None:
    """At least so many of each category for the till, but not more than half of them: the office keeps some, too."""
    # Here, as only a drill needs the halls once more.
    from pos.domain.plan import Plan

    for show in documents["show"].values():
        if "plan" in show:
            plan = Plan.from_bytes(plans[show["plan_version"]])
            numbers = Counter(plan.category)
            known = show.get("allotment", {})
            show["allotment"] = known | {
                category.name: max(min(least, numbers[number] // 2), int(known.get(category.name, 0)))
                for number, category in enumerate(plan.categories)
            }


def _drop_past(documents: Documents, plans: dict[str, bytes], now: datetime) -> None:
    """Keep the shows that have not begun and whose hall is known here."""
    documents["show"] = {
        id: {key: value for key, value in show.items() if key not in ("promoter", "replaces")}
        for id, show in documents["show"].items()
        if datetime.fromisoformat(show["starts"]) > now and ("plan" not in show or show.get("plan_version") in plans)
    }


def _drop_unnamed(documents: Documents, plans: dict[str, bytes]) -> None:
    """Leave out what only the shows that were left out need: an office refuses prices for what is nowhere."""
    # Here, as only a training that begins anew needs the halls.
    from pos.domain.plan import Plan

    shows = documents["show"]
    halls = {show["plan"] for show in shows.values() if "plan" in show}
    documents["plan"] = {
        id: body for id, body in documents["plan"].items() if id in halls and body.get("version") in plans
    }
    places = {area["id"] for show in shows.values() for area in show.get("areas", [])}
    for body in documents["plan"].values():
        places |= {category.name for category in Plan.from_bytes(plans[body["version"]]).categories}
    lists = {show["prices"] for show in shows.values()}
    documents["prices"] = {
        id: body | {"table": {place: row for place, row in body["table"].items() if place in places}}
        for id, body in documents["prices"].items()
        if body.get("list", id) in lists
    }
    for family in ("promotion", "package"):
        kept = {id: _narrowed(body, shows, places) for id, body in documents[family].items()}
        documents[family] = {id: body for id, body in kept.items() if body is not None}


def _narrowed(body: dict[str, Any], shows: Iterable[str], places: Iterable[str]) -> dict[str, Any] | None:
    """A promotion or package for what is left of what it is for; None when that is nothing."""
    narrowed = dict(body)
    for key, known in (("shows", shows), ("categories", places)):
        if key in body:
            narrowed[key] = [each for each in body[key] if each in known]
            if body[key] and not narrowed[key]:
                return None
    return narrowed
