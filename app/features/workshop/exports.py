"""A version of an agenda as a file: on paper, to work on, per table, for a calendar and for machines.

All of it comes from the document of the version, by way of what its page shows.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from icalendar import Calendar, Event

from app.domain.programme import PartKind
from app.features.workshop import words
from app.features.workshop.published import Version
from app.features.workshop.view import Line
from app.kit import mail, paper
from app.kit.i18n import date_words, language
from app.kit.paper import Bullets, Figure, Heading, Lines, PageBreak, Paper, Part, Table, Text, TextKind

AGENDA_PDF, AGENDA_DOCX, TABLES, CALENDAR, DATA = (
    *("agenda.pdf", "agenda.docx", "tafels.pdf", "agenda.ics", "agenda.json"),
)
NAMES = ",".join(f"'{name}'" for name in (AGENDA_PDF, AGENDA_DOCX, TABLES, CALENDAR, DATA))
ROOM_TO_WRITE = (6, 2)
"""Empty lines on the sheet of a table, for conclusions and for questions: with the longest ideas and arguments above
them it stays one page."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file."""

    data: bytes
    media_type: str
    filename: str


def make(name: str, of: Version) -> Made:
    """The file with this name, in the language of the page."""
    stem, _dot, ending = name.partition(".")
    filename = f"{stem}-{of.workshop.id}-versie-{of.row.number}.{ending}"
    match name:
        case "agenda.pdf":
            return Made(paper.pdf(whole(of)), paper.PDF, filename)
        case "agenda.docx":
            return Made(paper.docx(whole(of)), paper.DOCX, filename)
        case "tafels.pdf":
            return Made(paper.pdf(tables(of)), paper.PDF, filename)
        case "agenda.ics":
            return Made(calendar(of), "text/calendar; charset=utf-8", filename)
        case "agenda.json":
            return Made(data(of), "application/json", filename)
    raise LookupError(name)


def whole(of: Version) -> Paper:
    """The agenda with all its reasons."""
    return Paper(
        title=_("Agenda: %(title)s", title=of.workshop.title),
        language=language(),
        site=str(current_app.config["SITE"].site_name),
        kicker=of.workshop.process_title,
        lead=of.workshop.summary,
        facts=_facts(of),
        parts=(
            *_programme(of),
            *_themes(of),
            *_deviations(of),
            *_left_out(of),
            *_promise(of),
        ),
    )


def _facts(of: Version) -> list[tuple[str, str]]:
    workshop = of.workshop
    when = (
        date_words(workshop.starts_at)
        if workshop.starts_at
        else workshop.date_text or _("Date still to be set")
    )
    return [
        (_("When"), when),
        *([(_("Where"), workshop.place)] if workshop.place else []),
        (_("Length"), _minutes(workshop.minutes)),
        (
            _("Version"),
            _(
                "%(number)s, published on %(moment)s",
                number=of.row.number,
                moment=date_words(of.row.published_at),
            ),
        ),
        (
            _("Follows from"),
            _(
                "standing %(number)s, sealed on %(moment)s (%(digest)s)",
                number=of.stand["number"],
                moment=date_words(of.sealed_at),
                digest=of.stand["digest"][:12],
            )
            if of.stand and of.sealed_at
            else _("the votes of the moment of publishing"),
        ),
        (_("How people weigh"), words.weighting_name(of.weighting)),
    ]


def _minutes(number: int) -> str:
    return str(ngettext("%(num)s minute", "%(num)s minutes", number))


def _programme(of: Version) -> Iterator[Part]:
    yield Heading(_("Programme"))
    if of.row.note:
        yield Text(of.row.note, TextKind.LEAD)
    lines = of.agenda.lines
    said = ", ".join(f"{line.title} {_minutes(line.part.minutes)}" for line in lines)
    yield Figure(of.agenda.bar, said)
    has_clock = any(line.clock for line in lines)
    yield Table(
        _("Programme of %(title)s", title=of.workshop.title),
        [*([_("Time")] if has_clock else []), _("Part"), _("Minutes")],
        [[*([line.clock] if has_clock else []), _named(line), str(line.part.minutes)] for line in lines],
        numbers=[2 if has_clock else 1],
        widths=[1, 5, 1] if has_clock else [5, 1],
    )


def _named(line: Line) -> str:
    return f"{line.part.number}. {line.title}" if line.part.number else line.title


def _themes(of: Version) -> Iterator[Part]:
    themes = [line for line in of.agenda.lines if line.part.kind is PartKind.THEME]
    if not themes:
        return
    yield Heading(_("The themes, and why they are on it"))
    for line in themes:
        yield Heading(f"{_named(line)} ({_minutes(line.part.minutes)})", 2)
        yield Text(" ".join(filter(None, [f"{line.phase}.", line.reason, line.carriers, line.payment])))
        if line.shares:
            yield Table(
                _("Who pays for %(title)s", title=line.title),
                [_("Group"), _("In favour"), _("Minutes together"), _("At most per person")],
                line.shares,
                numbers=[1, 2, 3],
            )
        yield from _item(line, 3)


def _item(line: Line, level: int) -> Iterator[Part]:
    """Ideas, arguments, differences, examples and who comes, each under a heading of its own."""
    item = line.item
    lists: list[tuple[str, list[str]]] = [
        (_("Ideas with the most support"), [title for _id, title in line.top])
    ]
    if item is not None:
        lists += [
            (_("For, in brief"), [each.text for each in item.for_]),
            (_("Against, in brief"), [each.text for each in item.against]),
            (
                _("Where groups differ"),
                [*([item.differs] if item.differs else []), *(_share(*each) for each in item.groups)],
            ),
            (
                _("What others did"),
                [f"{each.title} ({each.place})" if each.place else each.title for each in item.examples],
            ),
            (_("Who comes to talk about it"), list(item.coming)),
        ]
    for title, found in lists:
        if found:
            yield Heading(title, level)
            yield Bullets(found)


def _share(group: str, share: float | None) -> str:
    if share is None:
        return _("%(group)s: not shown", group=group)
    return _("%(group)s: %(share)s in favour", group=group, share=words.percent(share))


def _deviations(of: Version) -> Iterator[Part]:
    yield Heading(_("Other than the votes have it"))
    if not of.agenda.deviations:
        yield Text(_("Nothing: the agenda is as it follows from the votes."))
        return
    yield Bullets(
        [f"{sentence} {_('Reason: %(reason)s', reason=reason)}" for sentence, reason in of.agenda.deviations]
    )


def _left_out(of: Version) -> Iterator[Part]:
    if not of.agenda.missing and not of.agenda.too_few:
        return
    yield Heading(_("What is not on it, and why"))
    rows = [[row.tag.title, str(row.minutes), row.why] for row in of.agenda.missing]
    rows += [[tag.title, "", _("Too few supporters still.")] for tag in of.agenda.too_few]
    yield Table(
        _("Themes that are not on the agenda"),
        [_("Theme"), _("Minutes"), _("Why")],
        rows,
        numbers=[1],
        widths=[2, 1, 5],
    )


def _promise(of: Version) -> Iterator[Part]:
    agenda = of.agenda
    yield Heading(_("Is this fair?"))
    yield Text(
        _(
            "A group that has a tenth of the weight and supports the same subject gets at least about a tenth of "
            "the time."
        )
    )
    yield Text(words.promise(agenda.holds, agenda.checked))
    if agenda.reached:
        yield Table(
            _("The share of voters with at least one theme that they support on the agenda"),
            [_("Group"), _("Share")],
            [
                [group, _("not shown: too few people") if share is None else words.percent(share)]
                for group, share in agenda.reached
            ],
            numbers=[1],
        )


def tables(of: Version) -> Paper:
    """A sheet for every table: one theme on a page, with room to write."""
    themes = [line for line in of.agenda.lines if line.part.kind is PartKind.THEME]
    parts: list[Part] = []
    for line in themes:
        if parts:
            parts.append(PageBreak())
        parts.append(Heading(_named(line)))
        time = f"{line.clock}, " if line.clock else ""
        parts.append(Text(f"{time}{_minutes(line.part.minutes)}", TextKind.LEAD))
        if line.top:
            parts += [
                Heading(_("Ideas with the most support"), 2),
                Bullets([title for _id, title in line.top], numbered=True),
            ]
        said = [] if line.item is None else [*line.item.for_[:1], *line.item.against[:1]]
        if said:
            parts += [
                Heading(_("For and against, in brief"), 2),
                Bullets(
                    [f"{_('For') if each.side == 'for' else _('Against')}: {each.text}" for each in said]
                ),
            ]
        for title, count in (
            (_("What we concluded"), ROOM_TO_WRITE[0]),
            (_("Questions that are left, and who takes them up"), ROOM_TO_WRITE[1]),
        ):
            parts += [Heading(title, 2), Lines(count)]
    if not themes:
        parts.append(Text(_("There are no themes on this agenda.")))
    return Paper(
        title=_("Sheets for the tables: %(title)s", title=of.workshop.title),
        language=language(),
        site=str(current_app.config["SITE"].site_name),
        kicker=of.workshop.process_title,
        facts=_facts(of)[:3],
        parts=(*_programme(of), PageBreak(), *parts),
    )


def calendar(of: Version) -> bytes:
    """The parts of the agenda one after the other; empty while there is no date. Two readings make the same file."""
    site = str(current_app.config["SITE"].site_url)
    workshop = of.workshop
    made = Calendar()
    made.add("prodid", f"-//{urlsplit(site).netloc}//Stem van de stad//NL")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", workshop.title)
    address = mail.address("workshop.show", language(), workshop_id=workshop.id)
    for line in of.agenda.lines:
        if workshop.starts_at is None:
            break
        event = Event()
        key = line.part.key.replace(":", "-")
        event.add("uid", f"werkatelier-{workshop.id}-{key}@{urlsplit(site).hostname}")
        event.add("sequence", of.row.number)
        event.add("dtstamp", of.row.published_at)
        event.add("dtstart", workshop.starts_at + timedelta(minutes=line.part.begins))
        event.add("dtend", workshop.starts_at + timedelta(minutes=line.part.ends))
        event.add("summary", f"{workshop.title}: {line.title}")
        if workshop.place:
            event.add("location", workshop.place)
        ideas = "\n".join(f"- {title}" for _id, title in line.top)
        event.add("description", f"{ideas}\n\n{_('More on:')} {address}".strip())
        event.add("url", address)
        made.add_component(event)
    return bytes(made.to_ical())


def data(of: Version) -> bytes:
    """The document of the version, with the titles and texts that are on the site, and who comes."""
    by_theme = {line.tag.id: line for line in of.agenda.lines if line.tag}
    parts = []
    for part in of.row.document["parts"]:
        line = by_theme.get(part["themeId"])
        item = line.item if line else None
        told = {**part, "title": part["title"] or (line.title if line else "")}
        if item is not None:
            told["arguments"] = [
                {"id": each.id, "ideaId": each.idea_id, "side": each.side.value, "text": each.text}
                for each in (*item.for_, *item.against)
            ]
            told["practices"] = [
                {"id": each.id, "title": each.title, "place": each.place} for each in item.examples
            ]
            told["invited"] = list(item.coming)
        parts.append(told)
    whole = {
        **of.row.document,
        "parts": parts,
        "version": {
            "number": of.row.number,
            "digest": of.row.digest,
            "note": of.row.note,
            "publishedAt": of.row.published_at.isoformat(),
        },
        "language": language(),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True).encode()
