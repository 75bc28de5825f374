"""What the office needs of the bodies of facts about cash that lies in no drawer."""

from __future__ import annotations

from typing import Final

from pos.domain.facts import Kind
from sync.office.rules.bodytypes import Amount, Body, Id


class ParcelBody(Body):
    """What a person did to a numbered parcel of cash; its step is among the `parcels` (`pos.domain.parcels`)."""

    user: Id
    number: Id


class SumBody(ParcelBody):
    amount: Amount


class ChangeReceivedBody(SumBody):
    """`cash` is what it has put into the drawer beyond what went out of it."""

    cash: Amount


class CounterfeitTakenBody(Body):
    user: Id
    shift: Id
    amount: Amount


class SafeCountedBody(Body):
    user: Id
    second: Id
    expected: Amount
    counted: Amount
    difference: Amount


CASH: Final[dict[str, type[Body]]] = {
    Kind.BAG_MADE: SumBody,
    Kind.BAG_OPENED: SumBody,
    Kind.CHANGE_ORDERED: SumBody,
    Kind.CHANGE_APPROVED: ParcelBody,
    Kind.CHANGE_RECEIVED: ChangeReceivedBody,
    Kind.CHANGE_REFUSED: ParcelBody,
    Kind.COUNTERFEIT_TAKEN: CounterfeitTakenBody,
    Kind.SAFE_COUNTED: SafeCountedBody,
    Kind.DEPOSIT_MADE: SumBody,
    Kind.DEPOSIT_COLLECTED: ParcelBody,
    Kind.DEPOSIT_CREDITED: SumBody,
    Kind.DIFFERENCE_EXPLAINED: SumBody,
}
