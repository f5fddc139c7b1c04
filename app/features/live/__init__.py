"""Streams of what changes, for screens and telephones in the room."""
