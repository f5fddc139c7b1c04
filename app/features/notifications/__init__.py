"""Following and messages: what people hear, on the site and in digests, and how they choose it."""
