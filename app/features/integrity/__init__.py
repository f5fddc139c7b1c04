"""Votes that can be trusted: what stands out, who looks into it, and what does not count."""
