"""Rooms: everything a person does or sees. Rooms never import each other."""
