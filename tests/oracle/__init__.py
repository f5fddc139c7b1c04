"""`make oracle`: the agenda beside an independent library, and beside a slow program that follows the definition."""
