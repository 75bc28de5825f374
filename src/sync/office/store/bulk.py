"""Many rows at once, by the shortest way to each database: a push writes thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name every column of the table."""
    insert_tuples(connection, table, map(itemgetter(*table.columns.keys()), rows) if rows else ())


def insert_tuples(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    columns = ",".join(table.columns.keys())
    if connection.dialect.name == "sqlite":
        marks = ",".join("?" * len(table.columns))
        values = list(rows)
        if values:
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)
        return
    driver: Any = connection.connection.driver_connection  # psycopg's own, in the same transaction
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
