"""May they? Functions of a person, a thing and a moment that answer with a Decision."""
