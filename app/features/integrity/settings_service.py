"""What organisers choose for the signals: the thresholds of a process, and the networks that are known."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.integrity import Thresholds, thresholds_from
from app.domain.integrity.thresholds import LIMITS, least
from app.kit import audit
from app.models.integrity import KnownNetwork
from app.models.person import Person
from app.models.process import Process
from app.policies.signals import may_keep_networks, may_set_thresholds
from app.records import networks
from app.records.networks import Network

ROW = {"key_share": True}


class Overtaken(NotAllowed):
    """What the organiser was looking at changed meanwhile."""


def mark(settings: Mapping[str, Any]) -> str:
    """A short mark of the thresholds in force, by which a form knows whether they changed meanwhile."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def set_thresholds(
    organiser: Person, process: Process, wanted: Thresholds, seen: str, reason: str, now: datetime
) -> bool:
    """Let votes in a process stand out from other numbers on; the same numbers again change nothing. Whether any did.

    `seen` is the mark of those that the organiser saw. Raises NotAllowed, and Overtaken.
    """
    may_set_thresholds(organiser, process).or_raise()
    db.session.refresh(process, with_for_update=ROW)
    may_set_thresholds(organiser, process).or_raise()
    before = thresholds_from(process.integrity_settings)
    if before == wanted:
        db.session.rollback()
        return False
    if seen != mark(process.integrity_settings):
        raise Overtaken(Decision(N_("Somebody else has changed these numbers in the meantime.")))
    changed = [name for name in LIMITS if getattr(before, name) != getattr(wanted, name)]
    audit.record(
        organiser,
        "integrity.set_thresholds",
        process,
        now,
        before={name: getattr(before, name) for name in changed},
        after={name: getattr(wanted, name) for name in changed},
        why=reason,
    )
    process.integrity_settings = least(wanted)
    db.session.commit()
    return True


def add_network(organiser: Person, name: str, network: Network, now: datetime) -> int:
    """Let a network leave no traces from now on, and take away those that it left; how many. Raises NotAllowed."""
    may_keep_networks(organiser).or_raise()
    cidr = network.compressed
    row = KnownNetwork(name=name, cidr=cidr, added_by_id=organiser.id, added_at=now)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Overtaken(Decision(N_("This network stands in the list already."))) from error
    gone = networks.forget_known(network)
    audit.record(organiser, "integrity.add_network", row, now, after={"name": name, "network": cidr})
    db.session.commit()
    return gone


def remove_network(organiser: Person, network_id: int, now: datetime) -> bool:
    """Let a network leave traces again; doing it again changes nothing. Whether it stood in the list.

    Raises NotAllowed.
    """
    may_keep_networks(organiser).or_raise()
    row = db.session.get(KnownNetwork, network_id, with_for_update=True)
    if row is None:
        db.session.rollback()
        return False
    audit.record(
        organiser, "integrity.remove_network", row, now, before={"name": row.name, "network": row.cidr}
    )
    db.session.delete(row)
    db.session.commit()
    return True
