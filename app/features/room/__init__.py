"""The room of a workshop: checking in, voting by phone, leading the rounds, who is there, and counts from paper."""
