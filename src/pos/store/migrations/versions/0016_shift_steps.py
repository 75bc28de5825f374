"""What happened to a shift's drawer beside its money, and the paper of its report as it was first made."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("shift", sa.Column("paper", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "shift_step",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("shift", sa.String, nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
