"""The certificates that this till has given: kept, because an answer that carries one may get lost.

Part of the ledger: `add` belongs inside its `transaction()`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from pos.domain.certificate import Certificate, Hand
from pos.domain.rights import Token
from pos.store import tables as t


class CertificateBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, certificate: Certificate) -> None:
        self._connection.execute(
            insert(t.certificate), {"number": certificate.number, "body": json.dumps(certificate.to_json())}
        )

    def given(self) -> Iterable[Certificate]:
        """All of them, the newest first."""
        rows = self._connection.execute(select(t.certificate.c.body).order_by(t.certificate.c.number.desc()))
        return (Certificate.from_json(json.loads(row.body)) for row in rows)

    def receiver_of(self, show: str, place: str, before: Token) -> Hand | None:
        """To whom this till passed a place on that it had under this token; None if it did not."""
        for certificate in self.given():
            for right in certificate.rights:
                if (right.show, right.place) == (show, place) and right.token > before:
                    return certificate.receiver
        return None
