"""Ground floor: plain rules and arithmetic, without web, database, clock or randomness of its own."""
