"""Closed and verified shifts are found without reading through all facts."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_OF_SHIFTS = sa.text("kind IN ('ShiftClosed', 'ShiftVerified')")


def upgrade() -> None:
    op.create_index("fact_of_shift", "fact", ["kind"], sqlite_where=_OF_SHIFTS, postgresql_where=_OF_SHIFTS)
