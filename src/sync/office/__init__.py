"""The office: the central service that owns rights, ledger and seasons.

Its truth is in the database and nowhere else: several processes may serve one
PostgreSQL, and an embedded office is one process beside a till, on SQLite.
"""
