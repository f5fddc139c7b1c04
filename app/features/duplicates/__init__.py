"""Ideas that say the same: pointing them out, asking the authors, making one of two, and undoing that."""
