"""Versions of the program other than this one: the first that was whole, and ones that are still to come.

The first is taken from the history. Those to come are this one with changes that a later version may make,
put before the program by a `sitecustomize.py`.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Final

from tests.peers.around import Around

ROOT: Final = Path(__file__).parents[2]
FIRST: Final = "65292f8f2ac01303e2c233455a886c6c79a7a641"


class NoHistory(Exception):
    """This clone does not reach back so far; the message says so."""


def first(folder: Path) -> Around:
    """The first version whose tills and offices worked together. Raises NoHistory."""
    packed = subprocess.run(["git", "-C", str(ROOT), "archive", FIRST, "src"], capture_output=True, check=False)
    if packed.returncode != 0:
        raise NoHistory(f"the history of this clone ends after {FIRST[:7]}: {packed.stderr.decode().strip()}")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    for data in ("resources", "printers"):
        (folder / data).symlink_to(ROOT / data)
    return Around(environment={"PYTHONPATH": str(folder / "src")})


def _changed(folder: Path, code: str) -> Around:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code, "utf-8")
    path = filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])
    return Around(environment={"PYTHONPATH": os.pathsep.join(path)})


# A till to come writes students' sales in a newer schema, and calls cash that is moved by another name.
_TILL: Final = """
from dataclasses import replace
from pos.domain.facts import SCHEMA, Fact
from pos.till import desk

def of_tomorrow(*fields):
    fact = Fact(*fields)
    if fact.kind == "CashMoved":
        return replace(fact, kind="CashCarried")
    if fact.kind == "TicketsSold" and any(t["price_type"] == "student" for t in fact.body["sale"]["tickets"]):
        return replace(fact, schema=SCHEMA + 1, body={"order": {"lines": [1, 2]}})
    return fact

desk.Fact = of_tomorrow
"""


def till_to_come(folder: Path) -> Around:
    return _changed(folder, _TILL)


# An office to come says more than is asked: unknown keys in all that it says, documents of a family,
# changes of a kind and verdicts that nobody knows.
_OFFICE: Final = """
import json
from sync.office.api import signing

DOCUMENT = {"family": "loyalty", "id": "card", "body": {"name": "Card"}}

def known(value):
    return {"code", "cursor", "place", "position", "family", "number", "show", "applied"} & value.keys()

def more(value):
    if isinstance(value, list):
        return [more(item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {name: item if name == "body" else more(item) for name, item in value.items()}
    if said.get("changes"):
        at = said["changes"][-1]["position"]
        said["changes"] += [{"position": at, "kind": "carpet"}, {"position": at, "kind": "document", **DOCUMENT}]
    if "verdict" in said:
        said["verdict"] = "welcome"
    if "documents" in said:
        said["documents"].append(DOCUMENT)
    if isinstance(said.get("body"), dict):
        said["body"] = {**said["body"], "of_tomorrow": {"x": [1, None]}}
    return {**said, "of_tomorrow": ["y", {"z": 2.5}]} if known(value) else said

plain = signing.to_json
signing.to_json = lambda value: json.dumps(more(json.loads(plain(value)))).encode()
"""


def office_to_come(folder: Path) -> Around:
    return _changed(folder, _OFFICE)


_WIRE: Final = """
from sync import wire
wire.PREFIX = "/v2"
"""


def office_with_another_wire(folder: Path) -> Around:
    """It no longer speaks the language of today's tills."""
    return _changed(folder, _WIRE)
