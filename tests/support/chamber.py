"""Something at every station between a workshop and execution, for tests about the council."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.db import db
from app.domain.lifecycle import PublicStatus
from app.features.council.forms import MIDDAY
from app.features.council.rulings import Ruling, Verdict
from app.kit import moments
from app.models import Call, CouncilDecision, FocusElement, Idea, Outcome, Person
from app.models.council import AnswerClock, CouncilProposal, CouncilResult, Milestone
from tests import factories

LINK = "https://raad.example/stuk"
SENTENCE = "De stad meet alleen wat nodig is."


@dataclass(frozen=True, slots=True)
class Chamber:
    """The numbers of it all."""

    slug: str
    process: int
    call: int
    theme: int
    other_theme: int
    workshop: int
    outcome: int
    free: int
    """A focus element in no proposal; likewise the next one."""
    second: int
    drafted: int
    """One in a proposal that was not handed in."""
    proposal: int
    asked: int
    """One that the council has to decide on."""
    handed_in: int
    adopted: int
    """One that the council agreed with."""
    decision: int
    milestone: int
    clock: int
    """A promise on `free`."""
    ideas: dict[PublicStatus, int]
    """An idea of the theme with each status that occurs here."""


def a_chamber(call: Call, author: Person | None = None) -> Chamber:
    """Fill the process of a call; the caller commits."""
    now, process = datetime.now(UTC), call.process
    theme, other = factories.a_theme(process, title="Privacy"), factories.a_theme(process, title="Groen")
    workshop = factories.a_workshop(call)
    outcome = Outcome(
        workshop_id=workshop.id,
        theme_id=theme.id,
        conclusion="Zo weinig mogelijk meten.",
        elements=[SENTENCE, "Op de plek zelf staat wat er gemeten wordt."],
        questions=[],
        recorded_at=now - timedelta(hours=20),
    )
    draft = CouncilProposal(process=process, title="Een voorstel in de maak", created_at=now)
    asked = CouncilProposal(
        process=process, title="Visie op privacy", created_at=now, handed_in_at=now - timedelta(hours=9)
    )
    decided = CouncilProposal(
        process=process, title="Visie op groen", created_at=now, handed_in_at=now - timedelta(days=9)
    )
    db.session.add_all((outcome, draft, asked, decided))
    db.session.flush()
    decision = CouncilDecision(
        process=process,
        proposal=decided,
        title="Besluit over groen",
        text="De raad neemt het over.",
        result=CouncilResult.ADOPTED,
        document_url=LINK,
        decided_at=now - timedelta(days=2),
    )
    elements = {
        "free": FocusElement(title="Vrij focuspunt", theme=theme),
        "second": FocusElement(title="Tweede focuspunt", theme=theme),
        "drafted": FocusElement(title="Focuspunt in een concept", theme=theme, proposal=draft),
        "asked": FocusElement(title="Focuspunt bij de raad", theme=theme, proposal=asked),
        "adopted": FocusElement(
            title="Overal een boom",
            theme=other,
            proposal=decided,
            decision=decision,
            result=CouncilResult.ADOPTED,
        ),
    }
    for position, element in enumerate(elements.values()):
        element.process, element.position, element.text = process, position, ""
        element.created_at = now - timedelta(hours=15)
    db.session.add_all((decision, *elements.values()))
    db.session.flush()
    milestone = Milestone(focus_element=elements["adopted"], title="De eerste honderd bomen", position=0)
    clock = AnswerClock(
        process=process,
        focus_element=elements["free"],
        promised_by="het college",
        started_at=now - timedelta(days=10),
        due_at=now + timedelta(days=10),
    )
    db.session.add_all((milestone, clock))
    ideas = {
        status: factories.an_idea(call, author, themes=[of], public_status=status)
        for status, of in (
            (PublicStatus.OPEN, theme),
            (PublicStatus.DISCUSSED, theme),
            (PublicStatus.BEFORE_COUNCIL, theme),
            (PublicStatus.ADOPTED, other),
            (PublicStatus.IN_EXECUTION, other),
        )
    }
    db.session.flush()
    return Chamber(
        slug=process.slug,
        process=process.id,
        call=call.id,
        theme=theme.id,
        other_theme=other.id,
        workshop=workshop.id,
        outcome=outcome.id,
        proposal=draft.id,
        handed_in=asked.id,
        decision=decision.id,
        milestone=milestone.id,
        clock=clock.id,
        ideas={status: idea.id for status, idea in ideas.items()},
        **{name: element.id for name, element in elements.items()},
    )


def a_ruling(element_id: int, result: CouncilResult = CouncilResult.ADOPTED, text: str = "") -> Ruling:
    """What the council decided on one element, today."""
    at = moments.moment(moments.day_of(datetime.now(UTC)), MIDDAY)
    assert at is not None  # no clock skips midday
    return Ruling(
        "Besluit over privacy", "De raad heeft besloten.", LINK, at, {element_id: Verdict(result, text)}
    )


def status_of(idea_id: int) -> PublicStatus:
    """The status of an idea as it stands now."""
    return db.session.get_one(Idea, idea_id, populate_existing=True).public_status
