"""What lies in a drawer beside money, in words: what was declared, and what the books have."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.serials import ranges
from pos.ui.bridge import Answer
from pos.ui.i18n import tr


def paper_names() -> dict[str, str]:
    """The kinds of papers that are declared."""
    return {
        "card": tr("Card slips of the terminal"),
        "card_slip": tr("Card slips of the bank's reader"),
        "voucher": tr("Vouchers"),
        "gift_card": tr("Gift cards"),
        "returned": tr("Tickets that came back"),
        "stock": tr("Ticket paper"),
    }


def declared_lines(rows: Sequence[Answer]) -> list[tuple[str, str]]:
    """Of each kind its name, and what was declared of it against what the books say."""
    names = paper_names()
    return [
        (
            names.get(row["kind"], str(row["kind"])),
            tr(
                "{said}, books {books}",
                said=_pile(row["count"], row.get("declared")),
                books=_pile(row["books_count"], row.get("books")),
            )
            + _numbers(row),
        )
        for row in rows
    ]


def _numbers(row: Answer) -> str:
    """Of ticket paper, which numbers are missing, and which are there beyond the books."""
    missing, more = (", ".join(map(str, ranges(row.get(name, [])))) for name in ("missing", "more"))
    told = [tr("missing {numbers}", numbers=missing)] if missing else []
    told += [tr("more {numbers}", numbers=more)] if more else []
    return "".join(f" · {one}" for one in told)


def _pile(count: int | None, amount: str | None) -> str:
    """How many papers, and what they come to."""
    if count is None:
        return "–"
    return f"{count} = {amount}" if amount is not None else str(count)
