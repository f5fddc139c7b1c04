"""Sealed standings: what was counted at a moment, for everybody to read, download and recompute."""
