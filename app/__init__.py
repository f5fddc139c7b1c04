"""Stem van de stad: from what a city says to what its council discusses."""
