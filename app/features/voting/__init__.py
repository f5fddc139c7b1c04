"""Casting, changing and withdrawing a vote."""
