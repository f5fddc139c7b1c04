"""What the actions about the council need: something at every station, and the form that acts on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.db import db
from app.features.council import conclusions, elements, plans, proposals, rulings
from app.models import Call, CouncilDecision, FocusElement
from app.records import council
from tests.support.chamber import LINK, SENTENCE, Chamber, a_chamber, a_ruling

from .conftest import Office
from .recipes_of_organisers import SENTENCE as WHY
from .recipes_of_organisers import Recipe


def chamber(office: Office) -> Chamber:
    """Something at every station, in the process of the office."""
    with office.app.app_context():
        made = a_chamber(db.session.get_one(Call, office.call))
        db.session.commit()
        return made


def _at(place: str, name: str, data: dict[str, Any]) -> Recipe:
    """The form for one thing of the chamber, named by its field."""

    def make(office: Office) -> dict[str, Any]:
        made = chamber(office)
        number = getattr(made, name)
        filled = {key.replace("#", str(number)): value for key, value in data.items()}
        return {"slug": made.slug, place: number, "data": filled}

    return make


def _in_process(data: Callable[[Chamber], dict[str, Any]]) -> Recipe:
    def make(office: Office) -> dict[str, Any]:
        made = chamber(office)
        return {"slug": made.slug, "data": data(made)}

    return make


def _change_element(office: Office) -> dict[str, Any]:
    made = chamber(office)
    seen = elements.words_mark(elements.Words("Vrij focuspunt", "", made.theme))
    data = {"element-title": "Een ander focuspunt", "element-theme": made.theme, "element-seen": seen}
    return {"slug": made.slug, "element_id": made.free, "data": data}


def _change_proposal(office: Office) -> dict[str, Any]:
    made = chamber(office)
    with office.app.app_context():
        row = next(row for row in council.proposals_of(made.process) if row.id == made.proposal)
        seen = proposals.mark(proposals.content_of(row, [made.drafted]))
    data = {"proposal-title": "Een beter voorstel", "proposal-elements": made.free, "proposal-seen": seen}
    return {"slug": made.slug, "proposal_id": made.proposal, "data": data}


def hand_in_mark(made: Chamber) -> str:
    """The mark of the proposal that was not handed in, as its page has it now."""
    row = next(row for row in council.proposals_of(made.process) if row.id == made.proposal)
    inside = [each.id for each in council.focus_of(made.process) if each.proposal_id == made.proposal]
    does = proposals.consequence(made.process, made.proposal, datetime.now(UTC))
    return proposals.hand_in_mark(proposals.content_of(row, inside), does)


def _hand_in(office: Office) -> dict[str, Any]:
    made = chamber(office)
    with office.app.app_context():
        data = {"hand-reason": WHY, "hand-seen": hand_in_mark(made)}
    return {"slug": made.slug, "proposal_id": made.proposal, "data": data}


def decision_fields(element: int, result: str = "adopted", **values: Any) -> dict[str, Any]:
    """The form of a decision on one element, with the day of `a_ruling`."""
    ruling = a_ruling(element)
    fields = {
        "title": ruling.title,
        "text": ruling.text,
        "document_url": LINK,
        "day": ruling.decided_at.date().isoformat(),
        f"result_{element}": result,
        **values,
    }
    return {f"decision-{name}": value for name, value in fields.items()}


def _decide(office: Office) -> dict[str, Any]:
    made = chamber(office)
    with office.app.app_context():
        plan = plans.of_decision(made.process, a_ruling(made.asked), datetime.now(UTC))
    data = {**decision_fields(made.asked), "sure": plan.mark}
    return {"slug": made.slug, "proposal_id": made.handed_in, "data": data}


def _correct(office: Office) -> dict[str, Any]:
    made = chamber(office)
    with office.app.app_context():
        row = db.session.get_one(CouncilDecision, made.decision)
        element = db.session.get_one(FocusElement, made.adopted)
        seen = rulings.ruling_mark(rulings.as_ruling(row, [element]))
        day = row.decided_at.date().isoformat()
    data = decision_fields(made.adopted, title="Besluit over groen in de stad", day=day, note=WHY, seen=seen)
    return {"slug": made.slug, "decision_id": made.decision, "data": data}


def _conclude(office: Office) -> dict[str, Any]:
    made = chamber(office)
    data = {"text": "Dat ging goed.", "answer_days": 30, "seen": conclusions.mark("", 42)}
    return {"slug": made.slug, "data": {f"evaluation-{name}": value for name, value in data.items()}}


def _finish(office: Office) -> dict[str, Any]:
    made = chamber(office)
    return {
        "slug": made.slug,
        "element_id": made.adopted,
        "data": {f"finish-{made.adopted}-reason": WHY},
    }


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


COUNCIL: dict[str, Recipe] = {
    "council_desk.add_element": _in_process(
        lambda made: {"element-title": "Een nieuw focuspunt", "element-theme": made.theme}
    ),
    "council_desk.take_element": _in_process(
        lambda made: {"outcome": made.outcome, "mark": elements.mark_of(SENTENCE)}
    ),
    "council_desk.change_element": _change_element,
    "council_desk.move_element": _at("element_id", "free", {"to": 1}),
    "council_desk.remove_element": _at("element_id", "second", {}),
    "council_desk.add_proposal": _in_process(
        lambda made: {"proposal-title": "Een nieuw voorstel", "proposal-elements": made.free}
    ),
    "council_desk.change_proposal": _change_proposal,
    "council_desk.hand_in": _hand_in,
    "council_desk.decide": _decide,
    "council_desk.correct": _correct,
    "council_desk.promise": _in_process(
        lambda made: {
            "promise-subject": f"element-{made.second}",
            "promise-promised_by": "het college",
            "promise-day": _soon(),
        }
    ),
    "council_desk.answer": _at(
        "clock_id", "clock", {"answer-#-text": "Het antwoord is dat dit volgend jaar kan."}
    ),
    "council_desk.add_milestone": _at("element_id", "adopted", {"step-#-title": "Nog honderd bomen"}),
    "council_desk.reach": _at("milestone_id", "milestone", {"done": "1"}),
    "council_desk.remove_milestone": _at("milestone_id", "milestone", {}),
    "council_desk.finish": _finish,
    "council_desk.conclude": _conclude,
}
