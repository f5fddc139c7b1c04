"""Waves of spam: what waits grouped by what it says and by who sent it, cleaned up in one step, with undo."""
