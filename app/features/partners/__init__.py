"""Partners in the city and the conversations with them."""
