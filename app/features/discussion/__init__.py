"""Arguments, replies and reports by readers."""
