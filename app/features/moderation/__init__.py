"""The moderators' queue and their decisions."""
