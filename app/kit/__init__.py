"""The web kit: everything a room needs that knows no feature by name."""
