"""The office's SQL: one set of tables for SQLite and PostgreSQL."""
