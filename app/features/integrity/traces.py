"""Notes from which network people vote and sign in: in memory while requests run, written down beside them.

The request that is noted neither reads nor writes anything for it. What was noted and not yet written is lost when
the server falls over, and that is fine.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import has_request_context, request
from flask.blueprints import BlueprintSetupState

from app.db import db
from app.kit import clock, jobs, signals
from app.kit.identity import number_of, person_number
from app.kit.jobs import Job
from app.models.person import Person
from app.records import networks
from app.records.networks import Seen

EVERY = timedelta(seconds=15)
MOST = 50_000
"""People and addresses that wait to be written; where no job runs, the oldest are forgotten."""
_waiting: OrderedDict[tuple[int, str, object], Seen] = OrderedDict()
_lock = Lock()


def set_up(_state: BlueprintSetupState) -> None:
    """Note votes and sign-ins from now on."""
    signals.vote_cast.connect(_voted)
    signals.person_signed_in.connect(_signed_in)
    jobs.register(Job("networks", EVERY, write, is_due=lambda: bool(_waiting)))
    jobs.at_end(flush)


def _voted(_idea: Any, **_more: Any) -> None:
    number = person_number()
    if number is not None:
        _note(number)


def _signed_in(person: Person, **_more: Any) -> None:
    _note(number_of(person))


def _note(person_id: int) -> None:
    """The address is the one that Flask sees, which behind known proxies is that of the reader."""
    address = request.remote_addr if has_request_context() else None
    if not address:
        return
    now = clock.now()
    with _lock:
        # Once a week is enough for each: somebody who votes on a hundred ideas leaves one trace.
        _waiting[person_id, address, networks.week_of(now)] = Seen(person_id, address, now)
        while len(_waiting) > MOST:
            _waiting.popitem(last=False)


def write(now: datetime) -> None:
    """Write down what this process noted; when that fails it waits for the next time."""
    with _lock:
        taken = list(_waiting.items())
        _waiting.clear()
    if not taken:
        return
    try:
        networks.note((seen for _key, seen in taken), now)
        db.session.commit()
    except Exception:
        db.session.rollback()
        with _lock:
            for key, seen in taken:
                _waiting.setdefault(key, seen)
        raise


def flush() -> None:
    """Write down what this process noted, now."""
    write(clock.now())


def forget() -> None:
    """Forget what waits."""
    with _lock:
        _waiting.clear()
