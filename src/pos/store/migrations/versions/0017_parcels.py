"""What this till did to parcels of cash, beside the facts that say it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "parcel_step",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("parcel", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
