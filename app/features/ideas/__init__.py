"""Ideas: the list, one idea, the form."""
