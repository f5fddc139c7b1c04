"""The pictures of a ranking as drawings with their tables and the sentences that say what one sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.ballot import Group
from app.features.ranking import pictures
from app.features.ranking.pictures import (
    BAND,
    Agreement,
    Breadth,
    Compared,
    Courses,
    GroupVotes,
    SealMark,
    Support,
)
from app.kit import charts, i18n, voices
from app.records.frames import Frame, ThemeTag

OTHERS = (Group.COUNCIL, Group.PARTNER)
"""The groups that residents are compared with."""
MOST_BARS = 15
MOST_STEPS = 8
"""A table over time has at most so many days."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, its table, and the sentences beside it."""

    svg: Markup
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gallery:
    """All pictures of a call; None where there is nothing to draw yet."""

    agreement: Agreement
    plane: Picture
    differing: list[tuple[Compared, str]]
    agreeing: list[tuple[Compared, str]]
    courses: Picture | None
    themes: list[ThemeTag]
    """What the lines stand for, in the order of their numbers."""
    seals: tuple[SealMark, ...]
    support: list[Picture]
    breadth: Picture | None


def other_group(text: str) -> Group:
    """The group that an address names, the council for anything else."""
    return next((group for group in OTHERS if group.value == text), Group.COUNCIL)


def pair_name(other: Group) -> str:
    """Residents and the other group, as the name of a tab."""
    return str(
        _(
            "%(residents)s and %(others)s",
            residents=voices.group_plural(Group.RESIDENT),
            others=voices.group_plural(other).lower(),
        )
    )


def show(frame: Frame, other: Group) -> Gallery:
    """Everything on the page, in at most five statements beside the frame."""
    tags = {tag.id: tag for tag in frame.themes}
    found = pictures.agreement(frame, other)
    lines = pictures.courses(frame.call.id)
    return Gallery(
        agreement=found,
        plane=plane(found),
        differing=named(found.differing, other),
        agreeing=named(found.agreeing, other),
        courses=courses(lines, tags),
        themes=[tags[course.theme_id] for course in lines.themes if course.theme_id in tags],
        seals=lines.seals,
        support=[support(idea) for idea in pictures.supported(frame, found.titles)],
        breadth=breadth(pictures.breadth(frame.call.id)),
    )


def _percent(share: float) -> str:
    return i18n.percent(share, "#,##0 %")


def _voted(votes: GroupVotes) -> str:
    return str(
        _(
            "%(share)s (%(for_)s for, %(against)s against)",
            share=_percent(votes.share),
            for_=votes.votes_for,
            against=votes.votes_against,
        )
    )


def points(difference: float) -> str:
    """A difference between two shares, in words: `12 percentage points`."""
    number = round(abs(difference) * 100)
    return str(ngettext("%(num)d percentage point", "%(num)d percentage points", number))


def plane(found: Agreement) -> Picture:
    """Every idea a dot: across the share among residents, up the share among the others."""
    residents, others = voices.group_plural(Group.RESIDENT), voices.group_plural(found.other)
    agreeing = sum(1 for idea in found.ideas if idea.agrees)
    said = [
        str(
            ngettext(
                "You see %(num)d idea. It is a dot.",
                "You see %(num)d ideas. Each is a dot.",
                len(found.ideas),
            )
        ),
        str(
            ngettext(
                "About %(num)d idea the groups agree: the shares differ by at most %(band)s.",
                "About %(num)d ideas the groups agree: the shares differ by at most %(band)s.",
                agreeing,
                band=points(BAND),
            )
        ),
    ]
    if found.withheld:
        said.append(
            str(
                ngettext(
                    "%(num)d idea is not drawn: too few people of a group voted on it to show figures.",
                    "%(num)d ideas are not drawn: too few people of a group voted on them to show figures.",
                    found.withheld,
                )
            )
        )
    if found.left_out:
        said.append(
            str(
                ngettext(
                    "%(num)d idea with fewer votes did not fit in the drawing.",
                    "%(num)d ideas with fewer votes did not fit in the drawing.",
                    found.left_out,
                )
            )
        )
    caption = _("The share of votes for: residents and %(others)s", others=others.lower())
    return Picture(
        svg=charts.plane(
            caption,
            [
                charts.Dot(idea.residents.share, idea.others.share, _side(idea), idea.mark)
                for idea in found.ideas
            ],
            across=_("%(group)s for", group=residents),
            up=_("%(group)s for", group=others),
            band=BAND,
            shares=(_percent(0), _percent(0.5), _percent(1)),
            description=" ".join(said),
        ),
        caption=str(caption),
        columns=(_("Idea"), residents, others, _("Difference")),
        rows=tuple(
            (
                f"{idea.mark}. {idea.title}" if idea.mark else idea.title,
                _voted(idea.residents),
                _voted(idea.others),
                points(idea.difference),
            )
            for idea in found.table
        ),
        said=tuple(said),
    )


def _side(idea: Compared) -> charts.Side:
    if not idea.mark:
        return charts.Side.REST
    return charts.Side.AGREE if idea.agrees else charts.Side.DIFFER


def compared(idea: Compared, other: Group) -> str:
    """One named idea in a sentence: which group is more in favour, and by how much."""
    shares = {
        "residents": _percent(idea.residents.share),
        "others": _percent(idea.others.share),
        "group": voices.group_plural(other).lower(),
    }
    return str(_("Residents %(residents)s for, %(group)s %(others)s for.", **shares))


def courses(found: Courses, tags: Mapping[int, ThemeTag]) -> Picture | None:
    """The ranking of themes from day to day; None before the first two days."""
    themes = [course for course in found.themes if course.theme_id in tags]
    if len(found.days) < 2 or not themes:
        return None
    first, last = (str(format_date(day, "d MMM")) for day in (found.days[0], found.days[-1]))
    said = [
        str(
            _(
                "From %(first)s up to and including %(last)s.",
                first=format_date(found.days[0], "d MMMM y"),
                last=format_date(found.days[-1], "d MMMM y"),
            )
        ),
        str(_("The higher a line, the higher the theme stood at the end of that day.")),
    ]
    risen = [(course.first - course.last, course) for course in themes if course.first and course.last]
    steps, most = max(risen, key=lambda pair: pair[0], default=(0, None))
    if most is not None and steps > 0:
        said.append(
            str(
                _(
                    "%(theme)s rose most: from place %(first)s to place %(last)s.",
                    theme=tags[most.theme_id].title,
                    first=most.first,
                    last=most.last,
                )
            )
        )
    if found.seals:
        said.append(str(_("An upright line is a sealed standing, with its number.")))
    chosen = _some(len(found.days))
    caption = _("The place of every theme at the end of each day")
    return Picture(
        svg=charts.places(
            caption,
            [
                charts.Course(str(number), course.places, tags[course.theme_id].accent)
                for number, course in enumerate(themes, start=1)
            ],
            first,
            last,
            [charts.Mark(seal.at, str(_("standing %(number)s", number=seal.number))) for seal in found.seals],
            " ".join(said),
        ),
        caption=str(caption),
        columns=(_("Theme"), *(str(format_date(found.days[day], "d MMM")) for day in chosen)),
        rows=tuple(
            (
                tags[course.theme_id].title,
                *("–" if (rank := course.ranks[day]) is None else rank for day in chosen),
            )
            for course in themes
        ),
        said=tuple(said),
    )


def _some(days: int) -> list[int]:
    """The first and the last day, and evenly spread ones between them."""
    many = min(days, MOST_STEPS)
    return sorted({round(step * (days - 1) / (many - 1)) for step in range(many)})


def breadth(found: Breadth) -> Picture | None:
    """How many people of each neighbourhood took part; None when no number may be shown."""
    if not found.places:
        return None
    rows = [(name, number) for name, number in found.places]
    said = [
        str(
            ngettext(
                "From %(num)d neighbourhood at least three people took part.",
                "From %(num)d neighbourhoods at least three people took part.",
                len(rows),
            )
        )
    ]
    if len(rows) > MOST_BARS:
        said.append(
            str(_("The drawing shows the %(number)s largest; all are in the table.", number=MOST_BARS))
        )
    if found.withheld:
        said.append(
            str(
                ngettext(
                    "Of %(num)d neighbourhood the number is not shown, so that it tells nothing about one person.",
                    "Of %(num)d neighbourhoods the number is not shown, so that it tells nothing about one person.",
                    found.withheld,
                )
            )
        )
    if found.unknown:
        said.append(
            str(
                ngettext(
                    "Of %(num)d person we do not know the neighbourhood.",
                    "Of %(num)d people we do not know the neighbourhood.",
                    found.unknown,
                )
            )
        )
    caption = _("People who took part, per neighbourhood")
    table: list[tuple[object, ...]] = list(rows)
    if found.unknown:
        table.append((_("Unknown"), found.unknown))
    return Picture(
        svg=charts.bars(
            caption,
            [charts.Bar(name, number, str(number)) for name, number in rows[:MOST_BARS]],
            " ".join(said),
        ),
        caption=str(caption),
        columns=(_("Neighbourhood"), _("People")),
        rows=tuple(table),
        said=tuple(said),
    )


def support(idea: Support) -> Picture:
    """The support for one idea in every group, as bars on one scale."""
    caption = _("%(rank)s. %(title)s", rank=idea.rank, title=idea.title)
    return Picture(
        svg=charts.grouped_bars(
            caption,
            [_("For")],
            [
                charts.Group(
                    voices.group_plural(key),
                    [None if votes is None else 100 * votes.share],
                    ["" if votes is None else _percent(votes.share)],
                )
                for key, votes in idea.groups
            ],
            withheld=_("not shown"),
        ),
        caption=str(caption),
        columns=(_("Group"), _("For"), _("Against"), _("Share for")),
        rows=tuple(_support_row(key, votes) for key, votes in idea.groups),
    )


def _support_row(key: str, votes: GroupVotes | None) -> tuple[object, ...]:
    if votes is None:
        return (voices.group_plural(key), *[_("not shown")] * 3)
    return voices.group_plural(key), votes.votes_for, votes.votes_against, _percent(votes.share)


def named(ideas: Sequence[Compared], other: Group) -> list[tuple[Compared, str]]:
    """The named ideas, each with its sentence."""
    return [(idea, compared(idea, other)) for idea in ideas]
