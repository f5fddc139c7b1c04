"""The council package in words: one description for page, PDF and DOCX."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.domain.ballot import GROUPS
from app.features.council.figures import REACTED, VOTED, WROTE
from app.features.council.package import Package, Ranked
from app.kit import i18n, mail, voices
from app.kit.i18n import day_words, language
from app.kit.paper import Bullets, Heading, Paper, Part, Table, Text, TextKind
from app.kit.words import word

WITHHELD = "–"


def described(of: Package, now: datetime) -> Paper:
    """The whole package, in the language of the page."""
    process = of.process
    return Paper(
        title=_("Council package"),
        kicker=process.title,
        lead=process.question,
        language=language(),
        site=current_app.config["SITE"].site_name,
        facts=_facts(of, now),
        parts=[
            *_asked(of),
            *_elements(of),
            *_people(of),
            *_ranking(of),
            *_differences(of),
            *_agenda(of),
            *_outcomes(of),
            *_verify(of),
        ],
    )


def _facts(of: Package, now: datetime) -> list[tuple[str, str]]:
    facts = [(_("Made on"), day_words(now))]
    handed = [row.handed_in_at for row in of.proposals if row.handed_in_at]
    if handed:
        facts.append((_("Handed in"), day_words(max(handed))))
    meets = [row.meets_on for row in of.proposals if row.meets_on]
    if meets:
        facts.append((_("The council meets"), day_words(max(meets))))
    if of.stand:
        facts.append((_("Sealed standing"), str(of.stand.number)))
        facts.append((_("Fingerprint"), of.stand.digest))
    return facts


def _asked(of: Package) -> list[Part]:
    parts: list[Part] = [Heading(_("What the council is asked"))]
    if of.process.goal:
        parts.append(Text(of.process.goal))
    if not of.proposals:
        return [*parts, Text(_("No proposal has been handed in yet."), TextKind.NOTE)]
    for row in of.proposals:
        parts += [Heading(row.title, 2), *([Text(row.text)] if row.text else [])]
    for decision in of.decisions:
        parts += [
            Heading(
                _("Decided on %(day)s: %(title)s", day=day_words(decision.decided_at), title=decision.title),
                2,
            ),
            Text(f"{word(decision.result)}. {decision.text}"),
        ]
    return parts


def _votes(idea: Ranked, groups: Sequence[str]) -> list[str]:
    return [_pair(idea.votes.get(group)) if idea.votes else WITHHELD for group in groups]


def _pair(votes: tuple[int, int] | None) -> str:
    return WITHHELD if votes is None else f"{format_decimal(votes[0])} / {format_decimal(votes[1])}"


def _elements(of: Package) -> list[Part]:
    parts: list[Part] = [Heading(_("Focus elements, with their ideas"))]
    if not of.focus:
        return [*parts, Text(_("There are no focus elements yet."), TextKind.NOTE)]
    for number, row in enumerate(of.focus, start=1):
        parts.append(Heading(f"{number}. {row.title}", 2))
        if row.text:
            parts.append(Text(row.text))
        if row.result:
            said = f"{word(row.result)}. {row.result_text}".strip()
            parts.append(Text(said, TextKind.LEAD))
        ideas = of.ideas.get(row.theme_id or 0, ())
        caption = _("Ideas of the theme %(theme)s", theme=row.theme_title)
        if ideas and of.stand:
            parts.append(_table(caption, ideas))
        elif ideas:
            parts += [Heading(caption, 3), Bullets([idea.title for idea in ideas])]
    return parts


def _table(caption: str, ideas: Sequence[Ranked]) -> Table:
    groups = [group.value for group in GROUPS]
    return Table(
        caption,
        [_("Idea"), _("Place"), _("All: for / against"), *(voices.group_plural(group) for group in groups)],
        [
            [
                idea.title,
                str(idea.rank) if idea.rank else WITHHELD,
                _pair((idea.votes_for, idea.votes_against)) if idea.votes else WITHHELD,
                *_votes(idea, groups),
            ]
            for idea in ideas
        ],
        numbers=(1, 2, 3, 4, 5),
        widths=(4, 1, 2, 2, 2, 2),
    )


def _people(of: Package) -> list[Part]:
    ways = {VOTED: _("Voted"), WROTE: _("Sent in ideas"), REACTED: _("Joined in the discussion")}
    told = {way: name for way, name in ways.items() if way in of.turnout.people}
    rows = [
        [
            voices.group_plural(group),
            *(_number(of.turnout.per_group[way].get(group, 0)) for way in told),
        ]
        for group in GROUPS
    ]
    rows.append([_("All together"), *(_number(of.turnout.people[way]) for way in told)])
    return [
        Heading(_("Who took part")),
        Table(
            _("People per group"),
            [_("Group"), *told.values()],
            rows,
            numbers=tuple(range(1, len(told) + 1)),
            widths=(2, *[1] * len(told)),
        ),
        Text(_("A dash stands where a figure would tell what one or two people did."), TextKind.NOTE),
    ]


def _number(number: int | None) -> str:
    return WITHHELD if number is None else str(format_decimal(number))


def _ranking(of: Package) -> list[Part]:
    parts: list[Part] = [Heading(_("Ranking"))]
    if of.stand is None:
        reason = (
            _("Nobody sees counts of votes now, so nothing stands here that follows from votes.")
            if of.turnout.is_hidden
            else _("No standing has been sealed yet.")
        )
        return [*parts, Text(reason, TextKind.NOTE)]
    parts.append(
        Text(
            _(
                "By sealed standing %(number)s, with the votes up to and with %(day)s.",
                number=of.stand.number,
                day=i18n.date_words(of.stand.cut_off),
            )
        )
    )
    if of.themes:
        rows = [[str(rank) if rank else WITHHELD, title] for rank, title in of.themes]
        parts.append(Table(_("Themes"), [_("Place"), _("Theme")], rows, widths=(1, 6)))
    if of.ranked:
        parts.append(_table(_("Ideas that stand highest"), of.ranked))
    return parts


def _differences(of: Package) -> list[Part]:
    if of.stand is None:
        return []
    parts: list[Part] = [Heading(_("Where residents, council and partners differ"))]
    if of.differ:
        parts.append(_table(_("They differ most on these ideas"), of.differ))
    else:
        parts.append(Text(_("They differ nowhere by a quarter or more, as far as figures may be told.")))
    if of.agree:
        parts.append(_table(_("All of them are for these ideas"), of.agree))
    parts.append(Heading(_("Minority points"), 2))
    if of.minority:
        parts.append(
            Bullets(
                [
                    _(
                        "“%(title)s”: %(share)s of the votes of %(group)s are for it, and %(all)s of all votes.",
                        title=idea.title,
                        share=i18n.percent(idea.share(group) or 0),
                        group=voices.group_plural(group).lower(),
                        all=i18n.percent(idea.all),
                    )
                    for idea, group in of.minority
                ]
            )
        )
    else:
        parts.append(
            Text(_("No idea is carried by two thirds of one group and by less than half of all votes."))
        )
    return parts


def _agenda(of: Package) -> list[Part]:
    if not of.agenda:
        return []
    caption = (
        _("%(workshop)s, version %(number)s", workshop=of.agenda_title, number=of.agenda_number)
        if of.agenda_number
        else of.agenda_title
    )
    has_why = any(item.why for item in of.agenda)
    rows = [[item.title, str(item.minutes), *([item.why] if has_why else [])] for item in of.agenda]
    return [
        Heading(_("The agenda")),
        Table(
            caption,
            [_("Subject"), _("Minutes"), *([_("Why")] if has_why else [])],
            rows,
            numbers=(1,),
            widths=(3, 1, 4) if has_why else (7, 1),
        ),
    ]


def _outcomes(of: Package) -> list[Part]:
    if not of.outcomes:
        return []
    parts: list[Part] = [Heading(_("What was concluded"))]
    for said in of.outcomes:
        parts.append(Heading(f"{said.workshop}: {said.theme}" if said.theme else said.workshop, 2))
        parts.append(Text(said.conclusion))
        for title, items in ((_("For vision and focus"), said.elements), (_("Still open"), said.questions)):
            if items:
                parts += [Heading(title, 3), Bullets(items)]
        if said.taken_by:
            parts.append(Text(_("Taken on by: %(who)s", who=said.taken_by)))
    return parts


def _verify(of: Package) -> list[Part]:
    parts: list[Part] = [Heading(_("How to verify this"))]
    if of.stand is None:
        return [*parts, Text(_("Once a standing has been sealed, anybody can recompute it."))]
    address = mail.address("stands.show", language(), snapshot_id=of.stand.id)
    file = mail.address("stands.download", language(), snapshot_id=of.stand.id)
    return [
        *parts,
        Bullets(
            [
                _("The standing with all its figures stands at %(address)s", address=address),
                _("Download the file: %(address)s", address=file),
                _("Its SHA-256 fingerprint must be %(digest)s", digest=of.stand.digest),
                _("Recompute it: flask --app wsgi ranking verify <file>"),
            ],
            numbered=True,
        ),
    ]
