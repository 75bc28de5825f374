"""Drawers that were taken over are found without reading through all facts, like closed shifts."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_OF_SHIFTS = sa.text("kind IN ('ShiftClosed', 'ShiftVerified', 'DrawerTakenOver')")


def upgrade() -> None:
    op.drop_index("fact_of_shift", "fact")
    op.create_index("fact_of_shift", "fact", ["kind"], sqlite_where=_OF_SHIFTS, postgresql_where=_OF_SHIFTS)
