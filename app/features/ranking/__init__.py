"""The ranking of ideas and themes, explained."""
