"""Every till knows the others' public keys: those that are enrolled already are told of now."""

from __future__ import annotations

import base64
import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    tills = connection.execute(sa.text("SELECT id, incarnation, public_key FROM till ORDER BY id, incarnation")).all()
    for till, incarnation, public_key in tills:
        key = base64.b64encode(bytes(public_key)).decode()
        name = f"{till}.{incarnation}"
        body = json.dumps({"id": name, "till": till, "incarnation": incarnation, "public_key": key}, sort_keys=True)
        written = {"name": name, "body": body}
        connection.execute(sa.text("INSERT INTO document (family, id, body) VALUES ('key', :name, :body)"), written)
        connection.execute(sa.text("UPDATE change_head SET position = position + 1"))
        connection.execute(
            sa.text(
                "INSERT INTO change_log (position, kind, family, doc_id, show_id, body)"
                " SELECT position, 'document', 'key', :name, '', :body FROM change_head"
            ),
            written,
        )
