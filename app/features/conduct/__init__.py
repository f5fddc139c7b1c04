"""People and what they do here: warning, pausing, blocking, cleaning up after a spam account, and who reports what."""
