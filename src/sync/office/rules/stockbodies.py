"""What the office needs of the facts of prints, ticket paper and counts of stock."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from pos.domain.blanks import Move
from pos.domain.serials import ranges
from sync.office.rules.bodytypes import Body, Id, RecordBody, RecordedBody


def _numbers(value: list[list[str]]) -> list[list[str]]:
    ranges(value)
    return value


Numbers = Annotated[list[list[str]], AfterValidator(_numbers)]  # of ticket paper


class PageBody(Body):
    """The blanks that a ticket was printed on; of several tickets at once where `ticket` is empty."""

    ticket: str
    serials: Numbers


class PrintedOnBody(Body):
    """What a print has used of numbered blanks; `unknown` pages came out on some whose numbers nobody knows."""

    used: list[PageBody]
    spoiled: Numbers
    unknown: int = Field(ge=0)


class PrintReportedBody(Body):
    tickets: list[Id]
    copy_number: int = Field(alias="copy", default=0, ge=0, lt=1_000_000)
    stock: PrintedOnBody | None = None


class StockBoxBody(RecordBody):
    box: str
    serials: Numbers = Field(min_length=1)


class StockReceivedBody(RecordedBody):
    record: StockBoxBody


class StockMovedBody(Body):
    """`other` is the window that it goes to, or comes from."""

    user: Id
    move: Move
    serials: Numbers = Field(min_length=1)
    other: str = ""

    @model_validator(mode="after")
    def _from_or_to(self) -> StockMovedBody:
        if self.move in (Move.ISSUED, Move.TAKEN, Move.WITHDRAWN) and not self.other:
            raise ValueError("the other window is not named")
        return self


class StockLoadedBody(Body):
    user: Id
    serials: Numbers


class PaperCountBody(Body):
    counted: Numbers
    missing: Numbers
    back: Numbers
    found: Numbers


class StockCountedBody(Body):
    """Of ticket paper, or of a show's `seats`."""

    user: Id
    paper: PaperCountBody | None = None
    seats: dict[str, Any] | None = None
