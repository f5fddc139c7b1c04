"""Rooms with a database: every test runs on SQLite and on PostgreSQL."""
