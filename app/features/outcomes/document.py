"""The report on paper: the same words as the page, described once for PDF and DOCX."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from app.features.outcomes.queries import Item
from app.features.outcomes.report import Chapter, Report
from app.features.outcomes.rounds import Result
from app.kit import paper
from app.kit.i18n import date_words
from app.kit.paper import Bullets, Heading, Paper, Part, Picture, Table, Text, TextKind


def describe(
    report: Report, pictures: Mapping[int, bytes], *, language: str, site: str, stand_url: str
) -> Paper:
    """The whole report; `pictures` are their bytes by number."""
    parts = [
        *_people(report),
        *_basis(report, stand_url),
        *_programme(report),
        Heading(_("What the room concluded")),
        *(part for chapter in report.chapters for part in _chapter(chapter)),
    ]
    if not report.chapters:
        parts.append(Text(_("Nothing has been written down yet.")))
    if report.rounds:
        parts += [
            Heading(_("Other votes in the room")),
            *(each for one in report.rounds for each in _round(one, 2)),
        ]
    if report.pictures:
        parts.append(Heading(_("Pictures of the evening")))
        parts += [
            Picture(pictures[picture.id], picture.alt)
            for picture in report.pictures
            if picture.id in pictures
        ]
    parts += _next(report)
    workshop = report.workshop
    return Paper(
        title=_("Report: %(title)s", title=workshop.title),
        language=language,
        site=site,
        lead=lead(report),
        kicker=workshop.process_title,
        facts=[
            (name, value) for name, value in ((_("When"), report.when), (_("Where"), workshop.place)) if value
        ],
        parts=parts,
    )


def lead(report: Report) -> str:
    """The first sentence, also of the page."""
    if report.finished_at is None:
        return _("A preview: the evening has not been finished, so this report is not public yet.")
    said = _("This report made itself from what was recorded during the evening.")
    if report.is_corrected:
        said += " " + _("Some outcomes were corrected afterwards; the site shows what changed and why.")
    return said


def _people(report: Report) -> list[Part]:
    if not report.heads:
        return []
    columns = [
        (name, [getattr(heads, key) for heads in report.heads])
        for name, key in ((_("Registered"), "registered"), (_("Were there"), "came"))
    ]
    told = [(name, values) for name, values in columns if any(values)]
    return [
        Heading(_("Who took part")),
        Table(
            _("People per group"),
            [_("Group"), *(name for name, _values in told)],
            [
                [heads.name, *(values[place] for _name, values in told)]
                for place, heads in enumerate(report.heads)
            ],
            numbers=tuple(range(1, len(told) + 1)),
        ),
    ]


def _basis(report: Report, stand_url: str) -> list[Part]:
    found: list[Part] = [Heading(_("What the agenda followed from"))]
    stand = report.stand
    found.append(Text(basis(report)))
    if stand is None:
        return found
    found.append(Text(_("Fingerprint: %(digest)s", digest=stand.digest), TextKind.NOTE))
    if stand_url:
        found.append(Text(stand_url, TextKind.NOTE))
    return found


def basis(report: Report) -> str:
    """Which standing it was, or why none is named, in a sentence."""
    stand = report.stand
    if report.is_hidden:
        return _(
            "You see why these themes are on it when this round of voting has ended. Until then nobody sees how the"
            " votes stand."
        )
    if stand is None:
        return _("No standing was sealed for this workshop.")
    if stand.sealed_at is None:
        said = _("The agenda followed from sealed standing number %(number)s.", number=stand.number)
    else:
        said = _(
            "The agenda followed from sealed standing number %(number)s of %(date)s.",
            number=stand.number,
            date=date_words(stand.sealed_at),
        )
    if report.weighting:
        said += " " + _("How people weighed: %(weighting)s.", weighting=report.weighting)
    return said


def _programme(report: Report) -> list[Part]:
    found: list[Part] = []
    if report.programme:
        has_clock = any(part.clock for part in report.programme)
        found = [
            Heading(_("The agenda")),
            Table(
                _("The programme of the evening"),
                [*([_("Time")] if has_clock else []), _("Part"), _("Minutes")],
                [
                    (
                        *([part.clock] if has_clock else []),
                        f"{part.number}. {part.title}" if part.number else part.title,
                        str(part.minutes),
                    )
                    for part in report.programme
                ],
                numbers=(2,) if has_clock else (1,),
                widths=(2, 9, 2) if has_clock else (9, 2),
            ),
        ]
    if report.deviations:
        found += [Heading(_("What went otherwise than the votes or the plan"), 2), Bullets(report.deviations)]
    return found


def _chapter(chapter: Chapter) -> list[Part]:
    found: list[Part] = [Heading(_title(chapter.item), 2)]
    outcome = chapter.item.outcome
    if outcome is None:
        found.append(Text(_("Nothing was written down about this theme.")))
    else:
        if outcome.conclusion:
            found.append(Text(outcome.conclusion))
        if outcome.elements:
            found += [Heading(_("Elements for vision and focus"), 3), Bullets(outcome.elements)]
        if outcome.questions:
            found += [Heading(_("Questions that are still open"), 3), Bullets(outcome.questions)]
        if outcome.taken_by:
            found.append(Text(_("Who takes it on: %(name)s", name=outcome.taken_by)))
        if chapter.item.corrections and outcome.changed_at:
            found.append(
                Text(_("Corrected on %(date)s.", date=date_words(outcome.changed_at)), TextKind.NOTE)
            )
    for one in chapter.rounds:
        found += _round(one, 3)
    return found


def _title(item: Item) -> str:
    return f"{item.part.number}. {item.title}" if item.part and item.part.number else item.title


def _round(result: Result, level: int) -> list[Part]:
    return [
        Heading(result.question, level),
        Table(
            f"{result.kind}. {voters(result)}",
            result.head,
            result.rows,
            numbers=tuple(range(1, len(result.head))),
            widths=(4, *(1.5 for _column in result.head[1:])),
        ),
    ]


def voters(result: Result) -> str:
    """How many people voted by phone."""
    return str(ngettext("%(num)s person voted by phone.", "%(num)s people voted by phone.", result.voters))


def _next(report: Report) -> list[Part]:
    found: list[Part] = []
    if report.taken_on:
        found.append(
            Table(
                _("Who takes on what"),
                [_("Theme"), _("Who takes it on")],
                [list(row) for row in report.taken_on],
            )
        )
    if report.next:
        found.append(
            Bullets([f"{step.title} ({step.when})" if step.when else step.title for step in report.next])
        )
    return [Heading(_("What happens next")), *found] if found else []


MEDIA = {"pdf": paper.PDF, "docx": paper.DOCX}
MAKE = {"pdf": paper.pdf, "docx": paper.docx}
