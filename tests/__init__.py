"""The tests: every visit is an inspection, every rule was seen to fail once."""
