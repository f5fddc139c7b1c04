"""The werkatelier and its agenda, drafted from the ranking."""
