"""Bringing conversations in from elsewhere: read and checked as a whole, then written as a whole."""
