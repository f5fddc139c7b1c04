"""What stands out in votes: arithmetic on plain numbers, never on what somebody wrote, and never a decision.

    columns = Columns(...)                       # every vote of a call, one place each, with who, when and how
    found = detect(columns, thresholds, base)    # S1 to S5: a Finding each, with its numbers and its votes
    found += influence(...) and jumps(...)       # S6 and S7, which need a ranking

A `Finding` names its votes as pairs (idea, person). `Thresholds` are settings of a process.
"""

from app.domain.integrity.columns import Base, Columns
from app.domain.integrity.detection import detect
from app.domain.integrity.findings import Finding, Kind
from app.domain.integrity.thresholds import Thresholds, thresholds_from

__all__ = ["Base", "Columns", "Finding", "Kind", "Thresholds", "detect", "thresholds_from"]
