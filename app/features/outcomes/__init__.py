"""What the room concluded: written down during the evening, corrected afterwards, and the report of it."""
