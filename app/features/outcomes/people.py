"""How many people took part in the evening, per group; very small numbers are not told."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import SMALLEST_SHOWN_GROUP, Group, sizes_to_show
from app.kit import voices
from app.models.gathering import Registration, RegistrationState
from app.models.person import Person
from app.records import attendees


@dataclass(frozen=True, slots=True)
class Heads:
    """A group, or everybody: how many registered and how many came, in words where a number is withheld."""

    name: str
    registered: str
    came: str


def took_part(workshop_id: int, activity_id: int) -> tuple[Heads, ...]:
    """Per group and together; empty when nobody registered and nobody checked in. Two statements.

    What nobody did at all, such as registering where that is not needed, is an empty word and no column.
    """
    registered, came = _registered(activity_id), _came(workshop_id)
    columns = [counts if any(counts.values()) else None for counts in (registered, came)]
    if not any(columns):
        return ()

    told = [_told(counts) if counts else {} for counts in columns]
    rows = [Heads(voices.group_plural(group), *(words.get(group, "") for words in told)) for group in Group]
    totals = (str(sum(counts.values())) if counts else "" for counts in columns)
    return (*rows, Heads(_("Together"), *totals))


def _told(counts: Mapping[Group, int]) -> dict[Group, str]:
    """Numbers that point at nobody, also not by taking them from the sum of all."""
    shown = sizes_to_show({group.value: number for group, number in counts.items()})
    return {
        group: str(counts.get(group, 0))
        if group.value in shown or not counts.get(group)
        else _("fewer than %(number)s", number=SMALLEST_SHOWN_GROUP)
        if counts[group] < SMALLEST_SHOWN_GROUP
        else _("not shown")
        for group in Group
    }


def _registered(activity_id: int) -> Mapping[Group, int]:
    rows = db.session.execute(
        select(Person.group, func.count())
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.activity_id == activity_id, Registration.state == RegistrationState.COMING)
        .group_by(Person.group)
    )
    return {row[0]: row[1] for row in rows}


def _came(workshop_id: int) -> Mapping[Group, int]:
    """Who checked in; a badge that nobody confirmed counts as that of a resident."""
    heads = attendees.heads(workshop_id)
    found = {group: number.confirmed for group, number in heads.items()}
    found[Group.RESIDENT] += sum(number.waiting for number in heads.values())
    return found
