"""The tables of an office that was restored from a backup (`rules.recovery`, `rules.early`). As `tables`, whose
METADATA has them, too."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from sync.office.store.tables import METADATA

# One row once the office was restored, whose lock keeps apart what is told of a sale and the sale. `generation`: what
# past the change log has since the last restore. `highest`: the highest epoch that tills told while it recovered.
LINEAGE = Table(
    "lineage",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", String, nullable=False),
    Column("highest", Integer, nullable=False),
)

# What was told of what is not here yet (`subject`: a ticket, a sale, or a document as `rules.noted` names it), by which
# fact. `become`: refunded | exchanged | void for a ticket that ended by it, "may" for a step of a person who may take
# it, else "".
EARLY = Table(
    "early",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("fact_id", String, primary_key=True),
    Column("become", String, nullable=False),
)

# Places that tills told a restored office of, and that it does not have: who had each last, by the highest token. Once
# such a place is made it is theirs.
TOLD_PLACE = Table(
    "told_place",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("holder", String, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("hop", Integer, nullable=False),
    Column("ticket", String, nullable=False),
)

# Each restore from a backup, and who ended it ("" not yet). `at` is for a person: the clocks of several machines have
# no order.
RESTORED = Table(
    "restored",
    METADATA,
    Column("generation", String, primary_key=True),
    Column("at", Text, nullable=False),
    Column("ended_at", Text, nullable=False),
    Column("ended_by", Text, nullable=False),
)

# Tills that have told their rights since the last restore.
REPORTED = Table(
    "reported",
    METADATA,
    Column("till", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
)

# Who has to tell, whatever has become of it since: who was active in the backup, or enrolled after the restore.
AWAITED = Table(
    "awaited",
    METADATA,
    Column("till", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
)
