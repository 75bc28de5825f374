"""What the office needs of the bodies of facts about shifts and their drawers."""

from __future__ import annotations

from sync.office.rules.bodytypes import Amount, Body, Id


class ShiftOpenedBody(Body):
    shift: Id
    user: str
    float: Amount


class CountBody(Body):
    expected: Amount
    counted: Amount


class ShiftClosedBody(Body):
    shift: Id
    user: str
    report: CountBody


class DrawerOpenedBody(Body):
    """A drawer opened without a sale, in a shift if one was open."""

    user: Id
    reason: str
    shift: str = ""


class ShiftHandedOverBody(CountBody):
    """The drawer of an open shift, counted from `user` to another cashier."""

    shift: Id
    user: Id
    taker: Id
    difference: Amount


class ShiftVerifiedBody(Body):
    """A closed shift of any till, held against the books; `recounted` is what a second count found."""

    shift: Id
    till: Id
    incarnation: int
    user: Id
    closed_by: Id
    counted: Amount
    recounted: Amount
    difference: Amount


class CashMovedBody(Body):
    user: str
    kind: str
    amount: Amount


class DrawerTakenOverBody(CountBody):
    """The drawer of `till`, whose `shift` was left open, counted out by another incarnation or till."""

    till: Id
    shift: Id
    user: Id
