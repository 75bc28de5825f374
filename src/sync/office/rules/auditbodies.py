"""What the office needs of the bodies of facts of the audit."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from pos.domain.facts import Kind
from sync.office.rules.bodytypes import Body, Id


class AuditItemBody(Body):
    user: Id
    item: Id
    note: str = ""


class SettlementStepBody(Body):
    """A step of a settlement; `round` and `digest` say of which figures."""

    user: Id
    settlement: Id
    round: int = Field(ge=1, le=10_000)
    digest: Id
    findings: list[str] = Field(default_factory=list)
    reason: str = ""


class SettlementSubmittedBody(SettlementStepBody):
    """`people` are those who sold or counted what is settled, `heads` the last facts that the figures are of."""

    agreement: Id
    period: Id
    since: str
    until: str
    till: Id
    channel: str
    figures: dict[str, Any]
    people: list[Id]
    heads: dict[str, int]
    provisional: bool


AUDITED: Final[dict[str, type[Body]]] = {
    Kind.SETTLEMENT_SUBMITTED: SettlementSubmittedBody,
    Kind.SETTLEMENT_AUDITED: SettlementStepBody,
    Kind.SETTLEMENT_ACCEPTED: SettlementStepBody,
    Kind.SETTLEMENT_RETURNED: SettlementStepBody,
    Kind.AUDIT_ITEM_TAKEN: AuditItemBody,
    Kind.AUDIT_ITEM_EXPLAINED: AuditItemBody,
    Kind.AUDIT_ITEM_CLOSED: AuditItemBody,
}
