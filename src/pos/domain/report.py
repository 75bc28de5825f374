"""A report as a document: what every face shows, prints and writes to a file, and none of them works out anew.

A builder makes one of figures (`pos.domain.figures`); who renders it adds no sums. Words are keys, and names
that people gave (a show's title, a cashier's name) are themselves; amounts keep their currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pos.domain.money import Money

TEXT, WORD, MONEY, COUNT, PERCENT, DAY, MOMENT = "text", "word", "money", "count", "percent", "day", "moment"
KINDS: Final = (TEXT, WORD, MONEY, COUNT, PERCENT, DAY, MOMENT)
CHARTS: Final = ("bars", "line", "shares")

Cell = str | int | Money | None  # text, word, day and moment as text; count; percent in basis points; money


@dataclass(frozen=True, slots=True)
class Column:
    """`head` is a word's key, `kind` one of KINDS."""

    head: str
    kind: str = TEXT

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of column")


@dataclass(frozen=True, slots=True)
class Chart:
    """One of CHARTS, of the rows' `value` column over their `label` column, both by their heads."""

    kind: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading (a word's key). `total` is a last row, or none where adding up means nothing."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    chart: Chart | None = None

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.total] if self.total is not None else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"{self.heading}: a row of {len(row)} cells under {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Report:
    """`facts` are (word's key, what it says) pairs above the tables: the period, the show, who made it.

    A `provisional` one lacks facts that tills have not sent yet; `late` names those tills. `signatures` are
    word keys of lines to be signed on, `notes` of sentences under the tables.
    """

    name: str
    venue: str
    currency: str
    made_at: str
    facts: tuple[tuple[str, Cell], ...] = ()
    tables: tuple[Table, ...] = ()
    provisional: bool = False
    late: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def table(self, heading: str) -> Table:
        """Raises KeyError for a heading that it does not have."""
        for table in self.tables:
            if table.heading == heading:
                return table
        raise KeyError(heading)

    def to_json(self) -> dict[str, Any]:
        """The JSON form of a report: amounts are decimal strings, percentages basis points."""
        return {
            "report": self.name,
            "venue": self.venue,
            "currency": self.currency,
            "made_at": self.made_at,
            "parameters": dict(self.parameters),
            "provisional": self.provisional,
            "late": list(self.late),
            "facts": [[key, _plain(value)] for key, value in self.facts],
            "tables": [_table_json(table) for table in self.tables],
            "notes": list(self.notes),
            "signatures": list(self.signatures),
        }

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Report:
        """Read it back. Raises ValueError or KeyError for anything that is none."""
        currency = doc["currency"]
        return cls(
            doc["report"],
            doc["venue"],
            currency,
            doc["made_at"],
            tuple((key, value) for key, value in doc["facts"]),
            tuple(_table_of(table, currency) for table in doc["tables"]),
            doc["provisional"],
            tuple(doc["late"]),
            tuple(doc["notes"]),
            tuple(doc["signatures"]),
            doc["parameters"],
        )


def _plain(cell: Cell) -> str | int | None:
    return str(cell) if isinstance(cell, Money) else cell


def _table_json(table: Table) -> dict[str, Any]:
    return {
        "heading": table.heading,
        "columns": [{"head": column.head, "kind": column.kind} for column in table.columns],
        "rows": [[_plain(cell) for cell in row] for row in table.rows],
        "total": None if table.total is None else [_plain(cell) for cell in table.total],
        "chart": None
        if table.chart is None
        else {"kind": table.chart.kind, "label": table.chart.label, "value": table.chart.value},
    }


def _table_of(doc: Mapping[str, Any], currency: str) -> Table:
    columns = tuple(Column(column["head"], column["kind"]) for column in doc["columns"])

    def row(cells: list[Any]) -> tuple[Cell, ...]:
        return tuple(
            Money.parse(cell, currency) if column.kind == MONEY and cell is not None else cell
            for column, cell in zip(columns, cells, strict=True)
        )

    chart = doc["chart"]
    return Table(
        doc["heading"],
        columns,
        tuple(row(cells) for cells in doc["rows"]),
        None if doc["total"] is None else row(doc["total"]),
        None if chart is None else Chart(chart["kind"], chart["label"], chart["value"]),
    )
