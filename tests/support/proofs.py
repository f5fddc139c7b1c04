"""What a browser does with the proof in a form: read it, work it out, send it along."""

import re

from app.kit import proof


def solved(page: str) -> dict[str, str]:
    """The fields that a browser adds: what it read, and what it worked out."""
    token = re.search(r'name="proof_token" value="([^"]+)"', page)
    zeros = re.search(r'data-zeros="(\d+)"', page)
    assert token, "nothing is asked"
    assert zeros
    return {"proof_token": token[1], "proof_answer": proof.solve(token[1], int(zeros[1]))}
