"""`housefull-office stock`: what every show's places are, by the office's rights; and where the ticket paper is."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from sync.office.store.engine import Database


def add_stock(commands: Any) -> argparse.ArgumentParser:
    """The command's options."""
    stock: argparse.ArgumentParser = commands.add_parser(
        "stock", help="a JSON line for each show's places, and for each till's ticket paper"
    )
    stock.set_defaults(command=_stock)
    return stock


def _stock(_options: argparse.Namespace, database: Database) -> int:
    from sync.office.rules.seatstock import seat_stock
    from sync.office.rules.stock import books, told_of

    with database.read() as connection:
        shows = [one.to_json() for one in seat_stock(connection)]
        everything = books(connection)
        paper = [told_of(everything, till) for till in sorted(everything.tills())]
    for line in (*({"show": one["show"]} | one for one in shows), *({"till": one.pop("id")} | one for one in paper)):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0
