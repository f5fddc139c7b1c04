"""The screen in the room, live."""
