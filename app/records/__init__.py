"""Reads and writes that several rooms share: calls and their phases, ideas, tallies, transitions, trails."""
