"""Destroys what was kept of masked texts, once nobody can ask it back."""

from datetime import datetime, timedelta

import structlog

from app.features.moderation import masking
from app.kit.jobs import Job

log = structlog.get_logger()


def destroy(now: datetime) -> None:
    """Destroy what is due; a quiet hour leaves no line."""
    number = masking.destroy_kept(now)
    if number:
        log.info("masked_texts_destroyed", number=number)


DESTROY = Job(name="masked-texts", every=timedelta(minutes=10), run=destroy)
