"""What the actions in the room of a workshop need: people with phones, rounds, and the form that acts on them."""

from typing import Any

from app.db import db
from app.domain.ballot import Group
from app.models import Call
from app.models.room import RoundKind, RoundState
from tests import factories
from tests.support.hall import Hall, a_hall

from .conftest import Office
from .recipes_of_organisers import Recipe

PLANNED, CLOSED = RoundState.PLANNED, RoundState.CLOSED


def _keep_places(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        process = db.session.get_one(Call, office.call).process
        activity = factories.an_activity(process, capacity=5).id
        db.session.commit()
    return {"activity_id": activity, "data": {"kept-council": 2, "kept-partner": 1}}


def _in_hall(data: dict[str, Any]) -> Recipe:
    """A form about the whole room."""
    return lambda office: {"workshop_id": a_hall(office.app).workshop, "data": data}


def _with_somebody(data: dict[str, Any]) -> Recipe:
    """A form about somebody whose badge nobody confirmed yet, named in the address; not the first who came in."""

    def make(office: Office) -> dict[str, Any]:
        hall, somebody = _a_full_hall(office)
        return {"workshop_id": hall.workshop, "attendee_id": somebody, "data": data}

    return make


def _a_full_hall(office: Office) -> tuple[Hall, int]:
    """Two people whose badge was confirmed, and one who waits, with the number of that one."""
    hall = a_hall(office.app)
    hall.attendee(confirmed=True)
    hall.attendee(Group.PARTNER, confirmed=True)
    return hall, hall.attendee(Group.COUNCIL)


def _confirm(office: Office) -> dict[str, Any]:
    hall, somebody = _a_full_hall(office)
    return {"workshop_id": hall.workshop, "data": {"wie": somebody}}


def _remove_waiting(office: Office) -> dict[str, Any]:
    hall, _somebody = _a_full_hall(office)
    return {"workshop_id": hall.workshop, "data": {}}


def _on_round(data: dict[str, Any]) -> Recipe:
    """A form about the second of two rounds that nobody could vote in."""

    def make(office: Office) -> dict[str, Any]:
        hall = a_hall(office.app)
        hall.round(state=PLANNED)
        number = hall.round(state=PLANNED, question="Wat wil je daar?")
        return {"workshop_id": hall.workshop, "round_id": number, "data": data}

    return make


def _arrange_answer(office: Office) -> dict[str, Any]:
    hall = a_hall(office.app)
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen"), state=CLOSED)
    other = hall.options(number)[1]
    return {
        "workshop_id": hall.workshop,
        "round_id": number,
        "option_id": other,
        "data": {"verb": "hide"},
    }


def _merge_answers(office: Office) -> dict[str, Any]:
    hall = a_hall(office.app)
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen"), state=CLOSED)
    one, other = hall.options(number)
    data = {"same": [one, other], "into": one}
    return {"workshop_id": hall.workshop, "round_id": number, "data": data}


def _count_paper(office: Office) -> dict[str, Any]:
    hall = a_hall(office.app)
    number = hall.round(state=CLOSED)
    data = {f"count-{option}-{choice}": 3 for option in hall.options(number) for choice in ("1", "m1")}
    return {"workshop_id": hall.workshop, "round_id": number, "data": data}


def round_fields(**values: Any) -> dict[str, Any]:
    """The form of a round with two statements."""
    fields = {
        "kind": "agree",
        "question": "Wat vind je hiervan?",
        "theme": 0,
        "top": 0,
        "options": "Meer groen\nMeer water",
        **values,
    }
    return {f"round-{name}": value for name, value in fields.items()}


ROOM: dict[str, Recipe] = {
    "answers.arrange": _arrange_answer,
    "answers.merge": _merge_answers,
    "gatherings.keep_places": _keep_places,
    "hall.change_group": _with_somebody({"groep": "partner"}),
    "hall.confirm": _confirm,
    "hall.remove": _with_somebody({}),
    "hall.remove_waiting": _remove_waiting,
    "hall.renew_code": _in_hall({}),
    "hall.set_doors": _in_hall({"wish": "open"}),
    "paper.count": _count_paper,
    "rounds.add": _in_hall(round_fields()),
    "rounds.change": _on_round(round_fields(options="Meer groen\nMeer water\nMeer licht")),
    "rounds.lead": _on_round({"verb": "open"}),
    "rounds.move": _on_round({"to": 0}),
    "rounds.remove": _on_round({}),
}
