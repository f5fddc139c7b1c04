"""S1 to S5 at once: everything that can be told from the votes alone."""

from app.domain.integrity.burst import bursts
from app.domain.integrity.columns import Base, Columns
from app.domain.integrity.findings import Finding
from app.domain.integrity.network import same_network
from app.domain.integrity.newcomers import new_accounts, one_off
from app.domain.integrity.ring import rings
from app.domain.integrity.thresholds import Thresholds


def detect(columns: Columns, thresholds: Thresholds, base: Base, until: float) -> list[Finding]:
    """What stands out in the votes of a call, S1 to S5; until: the last moment that was looked at (seconds)."""
    if not len(columns):
        return []
    return [
        *new_accounts(columns, thresholds, base),
        *one_off(columns, thresholds, base),
        *bursts(columns, thresholds, until),
        *same_network(columns, thresholds),
        *rings(columns, thresholds),
    ]
