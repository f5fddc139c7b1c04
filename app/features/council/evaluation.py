"""The evaluation of a process as a document: one description, from which page, PDF, DOCX and CSV are made."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import current_app
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.domain.ballot import GROUPS
from app.features.council.figures import REACTED, VOTED, WROTE, Figures, Sizes
from app.kit import charts, i18n, voices
from app.kit.i18n import day_words, language
from app.kit.paper import Figure, Heading, Paper, Part, Table, Text, TextKind
from app.kit.words import word
from app.models.process import Process

MOST_AREAS = 40
WITHHELD = "–"


def described(process: Process, of: Figures, now: datetime) -> Paper:
    """The whole evaluation, in the language of the page."""
    return Paper(
        title=_("Evaluation"),
        kicker=process.title,
        lead=process.question,
        language=language(),
        site=current_app.config["SITE"].site_name,
        facts=[
            (_("Period"), _period(process)),
            (_("As of"), day_words(now)),
        ],
        parts=[
            *_conclusion(process),
            *_reach(of),
            *_breadth(of),
            *_done(of),
            *_answers(of, now),
            *_agenda(of),
            *_moderation(of),
        ],
    )


def _period(process: Process) -> str:
    begins = day_words(process.starts_at)
    if process.ends_at is None:
        return _("since %(day)s", day=begins)
    return _("%(first)s to %(last)s", first=begins, last=day_words(process.ends_at))


def _conclusion(process: Process) -> list[Part]:
    if not process.evaluation:
        return []
    return [Heading(_("What we conclude")), Text(process.evaluation)]


def _count(number: int | None) -> str:
    return WITHHELD if number is None else format_decimal(number)


def _ways() -> dict[str, str]:
    return {VOTED: _("Voted"), WROTE: _("Sent in ideas"), REACTED: _("Joined in the discussion")}


def _reach(of: Figures) -> list[Part]:
    rows = [
        [name, _count(of.turnout.people[way])] for way, name in _ways().items() if way in of.turnout.people
    ]
    rows += [[_("Ideas"), _count(of.ideas)], [_("Reactions"), _count(of.reactions)]]
    if not of.turnout.is_hidden:
        rows.append([_("Votes"), _count(of.turnout.votes)])
    parts: list[Part] = [
        Heading(_("Reach")),
        Table(_("How many took part"), [_("What"), _("Number")], rows, numbers=(1,), widths=(3, 1)),
    ]
    if of.turnout.is_hidden:
        parts.append(
            Text(
                _("Nobody sees counts of votes now, so nothing stands here that follows from votes."),
                TextKind.NOTE,
            )
        )
    if of.weeks:
        title = _("Ideas and reactions, week by week")
        drawn = charts.columns(
            title,
            [(ideas, said) for _monday, ideas, said in of.weeks],
            day_words(of.weeks[0][0]),
            day_words(of.weeks[-1][0]),
            _("Ideas stand on top of reactions."),
        )
        parts += [
            Heading(_("Over time"), 2),
            Figure(drawn, title),
            Text(_("Ideas stand on top of reactions."), TextKind.NOTE),
            Table(
                title,
                [_("Week of"), _("Ideas"), _("Reactions")],
                [[day_words(monday), _count(ideas), _count(said)] for monday, ideas, said in of.weeks],
                numbers=(1, 2),
            ),
        ]
    return [*parts, *_visits(of)]


def _visits(of: Figures) -> list[Part]:
    if not of.visits:
        return []
    title = _("Who came to activities")
    bars = [
        charts.Bar(visit.title, visit.came or visit.registered or 0, tone=place % 6 + 1)
        for place, visit in enumerate(of.visits)
    ]
    return [
        Heading(title, 2),
        Figure(charts.bars(title, bars), title),
        Table(
            title,
            [_("Activity"), _("Day"), _("Came"), _("Had registered")],
            [
                [
                    visit.title,
                    day_words(visit.at) if visit.at else visit.date_text or _("Date still to be set"),
                    _count(visit.came) if visit.came is not None else _("not counted"),
                    _count(visit.registered) if visit.registered is not None else "0",
                ]
                for visit in of.visits
            ],
            numbers=(2, 3),
            widths=(3, 2, 1, 1),
        ),
    ]


def _breadth(of: Figures) -> list[Part]:
    ways = {way: name for way, name in _ways().items() if way in of.turnout.people}
    head = [_("Group"), *ways.values()]
    rows = [
        [voices.group_plural(group), *(_count(of.turnout.per_group[way].get(group, 0)) for way in ways)]
        for group in GROUPS
    ]
    names = _areas([of.turnout.per_area[way] for way in ways])
    parts: list[Part] = [
        Heading(_("Breadth")),
        Text(
            _("A dash stands where one or two people took part, or where the number would tell theirs."),
            TextKind.NOTE,
        ),
        Table(
            _("People per group"),
            head,
            rows,
            numbers=tuple(range(1, len(head))),
            widths=(2, *[1] * len(ways)),
        ),
    ]
    if names != [""]:
        parts.append(
            Table(
                _("People per neighbourhood, as far as they told"),
                [_("Neighbourhood"), *ways.values()],
                [
                    [name or _("Not told"), *(_count(of.turnout.per_area[way].get(name, 0)) for way in ways)]
                    for name in names
                ],
                numbers=tuple(range(1, len(head))),
                widths=(2, *[1] * len(ways)),
            )
        )
    if of.idea_areas:
        title = _("Where ideas are about")
        most = list(of.idea_areas.items())[:MOST_AREAS]
        parts += [
            Heading(title, 2),
            Figure(charts.bars(title, [charts.Bar(name, count) for name, count in most[:12]]), title),
            Table(
                title,
                [_("Neighbourhood"), _("Ideas")],
                [[name, _count(count)] for name, count in most],
                numbers=(1,),
                widths=(3, 1),
            ),
        ]
    return parts


def _areas(of: Sequence[Sizes]) -> list[str]:
    """Neighbourhoods by the alphabet, so that their order tells nothing; people who gave none come last."""
    names = {name for sizes in of for name in sizes}
    return [
        *sorted((name for name in names if name), key=str.casefold)[:MOST_AREAS],
        *([""] if "" in names else []),
    ]


def _done(of: Figures) -> list[Part]:
    statuses = [(word(status), count) for status, count in of.statuses.items()]
    title = _("How far ideas came")
    parts: list[Part] = [Heading(_("What was done with it"))]
    if statuses:
        parts += [
            Figure(charts.bars(title, [charts.Bar(name, count) for name, count in statuses]), title),
            Table(
                title,
                [_("Status"), _("Ideas")],
                [[name, _count(count)] for name, count in statuses],
                numbers=(1,),
                widths=(3, 1),
            ),
        ]
    if of.focus:
        parts.append(
            Table(
                _("What the council did with each focus element"),
                [_("Focus element"), _("Theme"), _("Result")],
                [
                    [
                        row.title,
                        row.theme_title or "",
                        word(row.result)
                        if row.result
                        else _("With the council")
                        if row.is_fixed
                        else _("In preparation"),
                    ]
                    for row in of.focus
                ],
                widths=(4, 2, 2),
            )
        )
    return parts


def _answers(of: Figures, now: datetime) -> list[Part]:
    promised = of.promises
    late = [row for row in promised if row.days_late(now)]
    rows = [
        [_("Ideas with an answer of the municipality"), _count(of.answered)],
        [_("Answers that were promised"), _count(len(promised))],
        [_("Of these answered"), _count(sum(row.is_answered for row in promised))],
        [_("Of these late"), _count(len(late))],
    ]
    if of.days_to_answer is not None:
        days = ngettext("%(num)s day", "%(num)s days", round(of.days_to_answer))
        rows.append([_("Half of the answers came within"), days])
    return [
        Heading(_("Time to answer")),
        Table(_("Answers"), [_("What"), _("Number")], rows, numbers=(1,), widths=(3, 1)),
    ]


def _agenda(of: Figures) -> list[Part]:
    parts: list[Part] = []
    for each in of.shares:
        paid = dict(each.paid)
        parts.append(
            Table(
                _("The agenda of: %(title)s", title=each.title),
                [_("Group"), _("With a subject of their own on it"), _("Minutes their votes paid")],
                [
                    [
                        voices.group_plural(group),
                        WITHHELD if share is None else i18n.percent(share),
                        _minutes(paid.get(group)),
                    ]
                    for group, share in each.reached
                ],
                numbers=(1, 2),
                widths=(2, 2, 2),
            )
        )
    if not parts:
        return []
    return [
        Heading(_("What each group got of the agenda")),
        Text(_("Counted from the sealed standing that the agenda follows from."), TextKind.NOTE),
        *parts,
    ]


def _minutes(paid: float | None) -> str:
    return WITHHELD if paid is None else str(format_decimal(paid, "#,##0.0"))


def _moderation(of: Figures) -> list[Part]:
    if not of.moderated:
        return []
    rows = [[word(verb), _count(count)] for verb, count in of.moderated.items()]
    if of.waited is not None:
        hours = ngettext("%(num)s hour", "%(num)s hours", round(of.waited))
        rows.append([_("Half of the texts waited at most"), hours])
    return [
        Heading(_("Moderation")),
        Table(_("What moderators decided"), [_("Decision"), _("Number")], rows, numbers=(1,), widths=(3, 1)),
    ]


def as_csv(paper: Paper) -> str:
    """Every figure of the tables on a line of its own: chapter, table, row, column, figure."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Chapter"), _("Table"), _("Row"), _("Column"), _("Figure")])
    chapter = ""
    for part in paper.parts:
        if isinstance(part, Heading) and part.level == 1:
            chapter = part.text
        if isinstance(part, Table):
            for row in part.rows:
                for name, value in zip(part.head[1:], row[1:], strict=True):
                    writer.writerow(
                        [_harmless(cell) for cell in (chapter, part.caption, row[0], name, value)]
                    )
    return "\ufeff" + out.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet takes a text that begins like this for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def summary(of: Figures) -> Mapping[str, str]:
    """The numbers for the top of the page."""
    found = {_("ideas"): _count(of.ideas), _("reactions"): _count(of.reactions)}
    if VOTED in of.turnout.people:
        found = {_("people voted"): _count(of.turnout.people[VOTED]), **found}
    return found
