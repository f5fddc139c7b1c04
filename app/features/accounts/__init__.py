"""Signing in and out, the own page, and in the demo the people and the post."""
