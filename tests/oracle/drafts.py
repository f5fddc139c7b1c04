"""A whole draft of the site beside the same agenda by definition: what differs, in words."""

from fractions import Fraction
from random import Random

from app.domain.ranking import AgendaDraft, AgendaPhase, FixedBlock, Item, Parameters, Weighting, draft_agenda
from app.domain.ranking.certificate import certify
from tests.oracle.by_definition import Agenda, Person, Race
from tests.oracle.elections import Election, draw

REASON = "asked for"
SHARES = (
    (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)),
    (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)),
    (Fraction(7, 10), Fraction(3, 10), Fraction(0)),
)


def differences(
    election: Election, parameters: Parameters, weighting: Weighting, pinned: int | None, skipped: int | None
) -> list[str]:
    """Draft the agenda of an election in both ways; an empty list when every figure is the same."""
    items = [
        Item(
            number,
            cost,
            pinned=REASON if number == pinned else "",
            skipped=REASON if number == skipped != pinned else "",
        )
        for number, cost in enumerate(election.costs)
    ]
    workshop = election.budget + 20 + sum(item.minutes for item in items if item.pinned)
    blocks = [FixedBlock("opening", 15), FixedBlock("closing", 5)]
    draft = draft_agenda(election.ballots, items, workshop, parameters, weighting, election.seed, blocks)
    race = Race(
        {item.id: item.minutes for item in items if not item.pinned and not item.skipped},  # type: ignore[misc]
        [Person(group, wish) for group, wish in election.voters],
        election.budget,
        election.seed,
        parameters.weights,
        parameters.k if weighting is Weighting.PER_GROUP else None,
    )
    unequal = _unequal(draft, race, race.agenda())
    # Most votes first breaks the promise often, so that it shows whether the certificate would tell.
    rivals = election.ballots.only(list(race.costs))
    greedy = [rivals.items.index(item) for item in race.most_votes()]
    told = certify(rivals, list(race.costs.values()), draft.weights, greedy, election.budget).violations
    broken = race.broken(race.most_votes())
    if sorted((int(each.item), each.level) for each in told) != broken:
        unequal.append(f"promises that most votes break: {told} is not {broken}")
    return unequal


def _unequal(draft: AgendaDraft, race: Race, agenda: Agenda) -> list[str]:
    rivals = [entry for entry in draft.entries if entry.phase is not AgendaPhase.PINNED]
    bought = [entry for entry in rivals if entry.phase is AgendaPhase.EQUAL_SHARES]
    greedy, phragmen = draft.comparisons
    broken = sorted((violation.item, violation.level) for violation in draft.certificate.violations)
    behind = {row.id: row.money_behind for row in draft.left_out if row.money_behind is not None}
    pairs: dict[str, tuple[object, object]] = {
        "items": ([entry.id for entry in rivals], agenda.items),
        "bought": ([entry.id for entry in bought], [each.item for each in agenda.bought]),
        "endowment": (draft.endowment, agenda.endowment),
        "minutes used": (draft.used, sum(race.costs[item] for item in agenda.items)),
        "paid": ([list(entry.paid) for entry in bought], [each.paid for each in agenda.bought]),
        "highest": ([list(entry.highest) for entry in bought], [each.most for each in agenda.bought]),
        "money behind": (behind, {item: agenda.behind[item] for item in agenda.behind if item in behind}),
        "most votes": (list(greedy.items), agenda.most_votes),
        "phragmen": (list(phragmen.items), agenda.phragmen),
        "certificate": (broken, agenda.broken),
    }
    return [f"{name}: {site} is not {slow}" for name, (site, slow) in pairs.items() if site != slow]


def draw_case(luck: Random) -> tuple[Election, Parameters, Weighting, int | None, int | None]:
    """A random election of three groups with rules, and perhaps an item pinned and one skipped."""
    election = draw(luck, (1, 9), (1, 30), luck.randint(1, 6), groups=3)
    parameters = Parameters(weights=luck.choice(SHARES), k=luck.choice((1, 3, 10, 25)))
    anybody = range(len(election.costs))
    pinned = luck.choice(anybody) if luck.random() < 0.3 else None
    skipped = luck.choice(anybody) if luck.random() < 0.3 else None
    return election, parameters, luck.choice(list(Weighting)), pinned, skipped
