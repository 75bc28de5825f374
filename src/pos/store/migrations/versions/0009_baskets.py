"""Several baskets: the one in front, number 0, and those that are parked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_index("basket_place", "basket_line")
    op.rename_table("basket", "basket_before")
    op.rename_table("basket_line", "basket_line_before")
    op.create_table(
        "basket",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
        sa.Column("lapsed", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "basket_line",
        sa.Column("basket", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("show", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("price_type", sa.String, nullable=False),
        sa.Column("minor", sa.Integer, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("proof", sa.Integer, nullable=False),
        sa.Column("more", sa.Text, nullable=False),
    )
    op.create_index("basket_place", "basket_line", ["show", "place"], unique=True)
    op.execute("INSERT INTO basket SELECT 0, owner, changed_at, lapsed, '', '' FROM basket_before")
    op.execute(
        "INSERT INTO basket_line SELECT 0, line, show, place, category, price_type, minor, currency, proof, '{}'"
        " FROM basket_line_before"
    )
    op.drop_table("basket_before")
    op.drop_table("basket_line_before")
