"""The explanation of the ranking: the worked example in words and sums, step by step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.ranking import AgendaDraft, AgendaMethod, IdeaRanking, IdeaRow, Method, ThemeMethod
from app.domain.ranking.rounding import in_tenths
from app.features.ranking import example, words
from app.features.ranking.example import PARAMETERS, Example
from app.kit import charts, i18n, voices

SUBJECT = "benches"
"""The idea that the sums are written out for."""


def idea_title(key: str) -> str:
    """What an idea of the example is called."""
    return {
        "cycle_path": str(_("A cycle path along the water")),
        "benches": str(_("More benches in the park")),
        "lamps": str(_("Lamps that dim by themselves")),
        "parking_app": str(_("An app for parking")),
    }[key]


def theme_title(key: str) -> str:
    """What a theme of the example is called."""
    return {
        "traffic": str(_("Traffic")),
        "green": str(_("Green")),
        "care": str(_("Care")),
        "water": str(_("Water")),
        "digital": str(_("Digital")),
    }[key]


def exact(value: Fraction | float) -> str:
    """A number to the last digit, when it has at most three decimals."""
    return str(format_decimal(float(value), "#,##0.###"))


def percent_finely(share: float) -> str:
    """A share that a reader computes on with, with two decimals."""
    return i18n.percent(share, "#,##0.00 %")


def percent(share: float) -> str:
    """A share with one decimal."""
    return i18n.percent(share, "#,##0.0 %")


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of arithmetic: what it is about, the sum, and the outcome."""

    label: str
    terms: str
    outcome: str

    @property
    def unbroken(self) -> str:
        """The sum with short parts between brackets, and numbers with their sign, kept on one line."""
        short = re.sub(r"\([^()]{,18}\)", lambda part: part[0].replace(" ", "\N{NO-BREAK SPACE}"), self.terms)
        return short.replace(" %", "\N{NO-BREAK SPACE}%")


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """One idea in the outcome of a method: its place, its score in words, and its careful shares per group."""

    rank: int
    title: str
    score: str
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodPart:
    """A method for ideas: the sums for one idea, and the order it gives."""

    method: Method
    sums: tuple[Sum, ...]
    lines: tuple[IdeaLine, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the example of themes: what they voted, and where they stand on every theme."""

    who: str
    group: str
    votes: tuple[str, ...]
    stand: tuple[int | None, ...]
    cast: int


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """One theme in a ranking of the example."""

    rank: int
    title: str
    score: str
    supporters: tuple[int, ...]
    opponents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One theme on the agenda: minutes per group that add up to its minutes."""

    title: str
    minutes: int
    paid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that the page says about the example."""

    groups: tuple[str, ...]
    tallies: tuple[tuple[str, tuple[tuple[int, int], ...], int, int], ...]
    means: tuple[Sum, ...]
    methods: tuple[MethodPart, ...]
    theme_ideas: tuple[str, ...]
    themes: tuple[str, ...]
    people: tuple[Person, ...]
    theme_lines: tuple[tuple[ThemeMethod, tuple[ThemeLine, ...]], ...]
    worked: Example
    weights: tuple[Sum, ...]
    paid: tuple[PaidLine, ...]
    programme: tuple[tuple[str, int], ...]
    time_bar: Markup


def explain() -> Explained:
    """The example in the language of the page; nothing is read from the database."""
    worked = example.compute()
    groups = tuple(voices.group_plural(key) for key in PARAMETERS.groups)
    stand = worked.themes[ThemeMethod.MEERDERHEID]
    programme = _programme(worked.shares.draft)
    return Explained(
        groups=groups,
        tallies=tuple(_tally(key) for key in example.IDEAS),
        means=_means(worked.ideas[Method.DRAAGVLAK], groups),
        methods=tuple(
            MethodPart(method, _sums(method, worked, groups), _lines(method, worked)) for method in Method
        ),
        theme_ideas=tuple(theme_title(theme) for theme in example.THEME_IDEAS),
        themes=tuple(theme_title(theme) for theme in example.THEMES),
        people=tuple(
            Person(
                who,
                voices.group_name(PARAMETERS.groups[group]),
                tuple(signs),
                tuple(
                    int(stand.positions.net[number, place]) if stand.positions.voted[number, place] else None
                    for place in range(len(example.THEMES))
                ),
                int(stand.positions.votes_cast[number]),
            )
            for number, (who, group, signs) in enumerate(example.PEOPLE)
        ),
        theme_lines=tuple(
            (
                method,
                tuple(
                    ThemeLine(
                        row.rank or 0,
                        theme_title(str(row.id)),
                        str(row.reach) if method is ThemeMethod.BEREIK else percent(row.score),
                        row.supporters,
                        row.opponents,
                    )
                    for row in ranking.rows
                ),
            )
            for method, ranking in worked.themes.items()
        ),
        worked=worked,
        weights=_weights(worked.per_group, groups),
        paid=_paid(worked.per_group),
        programme=tuple((item.title, item.minutes) for item in programme),
        time_bar=_bar(programme),
    )


def _tally(key: str) -> tuple[str, tuple[tuple[int, int], ...], int, int]:
    counts = example.TALLIES[key]
    return idea_title(key), counts, sum(group[0] for group in counts), sum(group[1] for group in counts)


def _means(ranking: IdeaRanking, groups: Sequence[str]) -> tuple[Sum, ...]:
    sums = []
    for place, (group, mean) in enumerate(zip(groups, ranking.mu, strict=True)):
        yes, no = (sum(example.TALLIES[key][place][side] for key in example.IDEAS) for side in (0, 1))
        sums.append(Sum(group, f"({yes} + 1) / ({yes + no} + 2)", percent_finely(float(mean))))
    return tuple(sums)


def _row(worked: Example, method: Method) -> IdeaRow:
    return next(row for row in worked.ideas[method].rows() if row.id == SUBJECT)


def _sums(method: Method, worked: Example, groups: Sequence[str]) -> tuple[Sum, ...]:
    """The arithmetic of a method for one idea."""
    row = _row(worked, method)
    shares = [percent(share) for share in row.approval]
    outcome = words.score_text(method, row.score)
    score = str(_("Score"))
    if method is Method.DRAAGVLAK:
        mu = worked.ideas[method].mu
        sums = [
            Sum(
                group,
                f"({yes} + {PARAMETERS.m} × {percent_finely(float(mean))}) / ({yes + no} + {PARAMETERS.m})",
                share,
            )
            for group, yes, no, mean, share in zip(groups, row.for_, row.against, mu, shares, strict=True)
        ]
        return (*sums, Sum(score, f"({' + '.join(shares)}) / {len(shares)}", outcome))
    if method is Method.BRUG:
        return (Sum(score, f"∛({' × '.join(shares)})", outcome),)
    if method is Method.ZEKERHEID:
        terms = _("%(for_)s for out of %(all)s votes, at least", for_=row.p, all=row.n)
        return (
            Sum(str(_("Share")), f"{row.p} / {row.n}", percent(row.p / row.n)),
            Sum(score, str(terms), outcome),
        )
    if method is Method.NETTO:
        return (Sum(score, f"{row.p} − {row.q}", outcome),)
    if method is Method.OMSTREDEN:
        terms = f"4 × {row.p} × {row.q} / {row.n}² × {row.n} / ({row.n} + {PARAMETERS.calm})"
        return (Sum(score, terms, outcome),)
    if method is Method.GROEPSVERSCHIL:
        return (Sum(score, f"{percent(max(row.approval))} − {percent(min(row.approval))}", outcome),)
    return _faded(score, outcome)


def _faded(score: str, outcome: str) -> tuple[Sum, ...]:
    terms = []
    for number, value, days in example.RECENT[SUBJECT]:
        weight = exact(2 ** (-days / PARAMETERS.half_life_days))
        terms.append(f"{'+' if value > 0 else '−'} {number} × {weight}")
    return (Sum(score, " ".join(terms).removeprefix("+ "), outcome),)


def _lines(method: Method, worked: Example) -> tuple[IdeaLine, ...]:
    return tuple(
        IdeaLine(
            row.rank or 0,
            idea_title(str(row.id)),
            words.score_text(method, row.score),
            tuple(percent(share) for share in row.approval) if method.sees_groups else (),
        )
        for row in worked.ideas[method].rows()
    )


def _weights(draft: AgendaDraft, groups: Sequence[str]) -> tuple[Sum, ...]:
    lightest = min(draft.omega)
    return tuple(
        Sum(
            group,
            f"1/{len(groups)} / ({heads} + {draft.parameters.k})",
            str(format_decimal(float(omega / lightest), "0.00")),
        )
        for group, heads, omega in zip(groups, draft.counted, draft.omega, strict=True)
    )


def _paid(draft: AgendaDraft) -> tuple[PaidLine, ...]:
    found = []
    for entry in draft.entries:
        tenths = in_tenths([value or 0 for value in entry.paid], entry.minutes)
        found.append(
            PaidLine(
                theme_title(str(entry.id)),
                entry.minutes,
                tuple(str(format_decimal(float(value), "#,##0.0")) for value in tenths),
            )
        )
    return tuple(found)


def _programme(draft: AgendaDraft) -> list[charts.Item]:
    items = [charts.Item(str(_("Opening")), example.BLOCKS[0], mark="")]
    items += [
        charts.Item(theme_title(str(entry.id)), entry.minutes, tone=place, mark=str(place))
        for place, entry in enumerate(draft.entries, start=1)
    ]
    items.append(charts.Item(str(_("Break")), example.BLOCKS[1], mark=""))
    if draft.free:
        items.append(charts.Item(str(_("Not filled")), draft.free, mark=""))
    return items


def _bar(items: Sequence[charts.Item]) -> Markup:
    said = ", ".join(f"{item.title} {item.minutes} {_('min')}" for item in items)
    return charts.time_bar(str(_("The agenda of the example")), items, str(_("min")), said)


def helpers() -> dict[str, object]:
    """What the templates of the explanation call and name beside the example itself."""
    worked = example.compute()
    care = worked.shares.bought.index("care")
    paid = sorted({person.paid[care] for person in worked.shares.people if person.paid[care]})
    return {
        "exact": exact,
        "named": {method.value: method.versioned for method in AgendaMethod},
        "theme_title": theme_title,
        "subject_title": idea_title(SUBJECT),
        "first": voices.listed([theme_title(theme) for theme in worked.shares.first]),
        "added": voices.listed(
            [theme_title(theme) for theme in worked.shares.bought if theme not in worked.shares.first]
        ),
        "i6": paid[0],
        "others": paid[-1],
        "chosen": _themes(worked.per_group.items),
        "compared": [
            (row.method.versioned, _themes(row.items), not row.added and not row.dropped)
            for row in worked.per_group.comparisons
        ],
    }


def _themes(items: Sequence[int | str]) -> str:
    return ", ".join(theme_title(str(item)) for item in items)
