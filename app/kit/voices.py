"""People by group in words: who carries a subject, and what a group is called."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.ballot import Group
from app.kit.words import word


def people(groups: Sequence[str], heads: Sequence[int | None]) -> str:
    """`27 residents, 1 council member and a few partners`; groups without anybody are left out.

    None is a withheld number: it can be any, a small one or the next larger that would give a small one away.
    """
    parts = [_count(Group(group), number) for group, number in zip(groups, heads, strict=True) if number != 0]
    return listed(parts) if parts else _("nobody")


def carried(groups: Sequence[str], heads: Sequence[int | None]) -> str:
    """Who carries a theme, by group; the total only where no group is withheld (it would give that one away)."""
    said = people(groups, heads)
    if any(count is None for count in heads):
        return _("Carried by %(people)s.", people=said)
    total = sum(count or 0 for count in heads)
    if not total:
        return _("Nobody whose votes count for the agenda supports this theme.")
    return str(
        ngettext(
            "Carried by %(num)s participant: %(people)s.",
            "Carried by %(num)s participants: %(people)s.",
            total,
            people=said,
        )
    )


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])


def group_name(group: str) -> str:
    """One person of a group, by its key: `Resident`."""
    return word(Group(group))


def group_plural(group: str) -> str:
    """All people of a group, by its key: `Residents`."""
    return {
        Group.RESIDENT: _("Residents"),
        Group.COUNCIL: _("Council members"),
        Group.PARTNER: _("Partners in the city"),
    }[Group(group)]


def _count(group: Group, number: int | None) -> str:
    if number is None:
        return {
            Group.RESIDENT: _("residents (number not shown)"),
            Group.COUNCIL: _("council members (number not shown)"),
            Group.PARTNER: _("partners (number not shown)"),
        }[group]
    if group is Group.RESIDENT:
        return str(ngettext("%(num)d resident", "%(num)d residents", number))
    if group is Group.COUNCIL:
        return str(ngettext("%(num)d council member", "%(num)d council members", number))
    return str(ngettext("%(num)d partner", "%(num)d partners", number))
