"""What others do and learned."""
