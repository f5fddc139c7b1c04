"""A published decision is corrected in sight of everybody; only ideas for which something else follows move with it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import PublicStatus
from app.features.council import deciding, plans, rulings
from app.features.council.forms import MIDDAY
from app.kit import moments
from app.models import AuditEntry, CouncilDecision, FocusElement, Idea, MailMessage, Person, StatusChange
from app.models.council import CouncilProposal, CouncilResult
from tests import factories
from tests.support import look_at, visit
from tests.support.chamber import a_ruling

from .conftest import Hall

WHY = "De raad vindt dit te duur voor dit jaar."
NOTE = "De raad nam dit toch niet aan, zo staat het in de notulen."


def correct(
    hall: Hall,
    ruling: rulings.Ruling,
    now: datetime | None = None,
    *,
    note: str = "Er stond een fout in.",
    decision: int = 0,
) -> bool:
    """Correct a decision, that of the other proposal unless another one is named; what it does was shown."""
    now, decision = now or datetime.now(UTC), decision or hall.made.decision

    def work(organiser: Person) -> bool:
        seen = rulings.ruling_mark(rulings.as_ruling(*deciding.published(hall.made.process, decision)))
        plan = deciding.plan_of_correction(hall.made.process, decision, ruling, now)
        return deciding.correct(organiser, hall.made.process, decision, ruling, note, seen, plan.mark, now)

    return hall.as_organiser(work)


def test_a_correction_stands_under_the_decision_with_its_note(hall: Hall, desk: FlaskClient) -> None:
    path = f"/beheer/trajecten/{hall.made.slug}/raad/besluiten/{hall.made.decision}"
    page = visit(desk, path)
    form = f"main form[action$='/besluiten/{hall.made.decision}']"
    faulty = look_at(desk, page.submit(form, {"decision-note": "kort"}))
    assert faulty.links("[data-error-summary] a") == ["#decision-note"]
    fields = {
        "decision-text": "De raad neemt het helemaal over.",
        "decision-note": "Het woord helemaal ontbrak.",
    }
    assert page.submit(form, fields).status_code == 303
    (line,) = hall.all(AuditEntry)
    assert (line.action, line.why) == ("council.correct", "Het woord helemaal ontbrak.")
    assert line.before["text"] != line.after["text"]
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert "De raad neemt het helemaal over." in public.text
    assert "Het woord helemaal ontbrak." in public.one(".council__note").get_text()
    assert hall.all(StatusChange) == []


def test_another_outcome_moves_ideas_back_and_on(hall: Hall) -> None:
    adopted = hall.made.ideas[PublicStatus.ADOPTED]
    hall.drop(PublicStatus.IN_EXECUTION)
    turned = a_ruling(hall.made.adopted, CouncilResult.NOT_ADOPTED, WHY)
    assert correct(hall, turned)
    assert hall.get(Idea, adopted).public_status == PublicStatus.NOT_ADOPTED
    steps = [change.status for change in hall.all(StatusChange)]
    assert steps == [PublicStatus.BEFORE_COUNCIL, PublicStatus.NOT_ADOPTED]
    assert len(hall.all(MailMessage)) == 1  # about the outcome, not about both steps
    assert not correct(hall, turned)


@pytest.mark.parametrize("hour", [time(0, 30), time(6), time(23, 30)], ids=str)
def test_the_same_decision_of_the_same_day_is_no_correction_at_any_hour(hall: Hall, hour: time) -> None:
    """The form knows the day only, and the midday that it stands for may be still to come."""
    tomorrow = moments.day_of(datetime.now(UTC)) + timedelta(days=1)
    now, midday = moments.moment(tomorrow, hour), moments.moment(tomorrow, MIDDAY)
    assert now is not None
    assert midday is not None
    hall.drop(PublicStatus.IN_EXECUTION)
    turned = replace(a_ruling(hall.made.adopted, CouncilResult.NOT_ADOPTED, WHY), decided_at=midday)
    assert correct(hall, turned, now)
    assert not correct(hall, turned, now + timedelta(minutes=5))
    (line,) = hall.all(AuditEntry)
    assert line.after["at"] == tomorrow.isoformat()


def test_what_is_carried_out_is_not_turned(hall: Hall) -> None:
    with pytest.raises(NotAllowed, match="carried out already"):
        correct(hall, a_ruling(hall.made.adopted, CouncilResult.NOT_ADOPTED, WHY))
    assert hall.get(FocusElement, hall.made.adopted).result == CouncilResult.ADOPTED


def test_a_note_is_never_dropped_in_silence(hall: Hall, desk: FlaskClient) -> None:
    """Without a change there is nothing to note; and of two who correct the same one is told so."""
    path = f"/beheer/trajecten/{hall.made.slug}/raad/besluiten/{hall.made.decision}"
    form, text = f"main form[action$='/besluiten/{hall.made.decision}']", "De raad neemt het helemaal over."
    page = visit(desk, path)
    shown = look_at(desk, page.submit(form, {"decision-note": NOTE}))
    assert shown.links("[data-error-summary] a") == ["#decision-note"]
    for _click in range(2):
        assert page.submit(form, {"decision-text": text, "decision-note": NOTE}).status_code == 303
    late = page.submit(form, {"decision-text": text, "decision-note": "Er ontbrak een woord."})
    assert late.status_code == 409
    assert "Er ontbrak een woord." in look_at(desk, late).text
    assert len(hall.get(CouncilDecision, hall.made.decision).corrections) == 1


def another(hall: Hall, theme: int, result: CouncilResult | None) -> tuple[int, int]:
    """A second proposal with an element of this theme, decided on or not; the numbers of its decision and element."""
    now = datetime.now(UTC)

    def work() -> tuple[int, int]:
        asked = CouncilProposal(
            process_id=hall.made.process, title="Nog een voorstel", created_at=now, handed_in_at=now
        )
        db.session.add(asked)
        db.session.flush()
        element = FocusElement(
            process_id=hall.made.process,
            theme_id=theme,
            proposal=asked,
            title="Nog een focuspunt",
            position=9,
        )
        db.session.add(element)
        if result is None:
            db.session.flush()
            return 0, element.id
        element.result, element.result_text = result, WHY
        element.decision = CouncilDecision(
            process_id=hall.made.process,
            proposal=asked,
            title="Nog een besluit",
            text="De raad heeft beslooten.",
            result=result,
            decided_at=now,
        )
        db.session.flush()
        return element.decision.id, element.id

    return hall.do(work)


def statuses(hall: Hall) -> dict[PublicStatus, PublicStatus]:
    """The status of each idea of the chamber now, by the one it began with."""
    return {before: hall.get(Idea, number).public_status for before, number in hall.made.ideas.items()}


@pytest.mark.parametrize("result", [CouncilResult.NOT_ADOPTED, CouncilResult.ADOPTED], ids=str)
def test_a_typo_does_not_touch_what_was_adopted_through_another_proposal(
    hall: Hall, result: CouncilResult
) -> None:
    decision, element = another(hall, hall.made.other_theme, CouncilResult.NOT_ADOPTED)
    assert correct(hall, a_ruling(element, result, WHY), decision=decision)
    assert hall.get(FocusElement, element).result == result
    assert {before: after for before, after in statuses(hall).items() if before != after} == {}
    assert hall.all(StatusChange) == []
    assert hall.all(MailMessage) == []


def test_what_an_organiser_set_by_hand_stays_when_a_word_is_corrected(hall: Hall) -> None:
    hand = hall.made.ideas[PublicStatus.ADOPTED]
    hall.do(lambda: setattr(db.session.get_one(Idea, hand), "public_status", PublicStatus.NOT_ADOPTED))
    assert correct(hall, a_ruling(hall.made.adopted))
    assert hall.get(Idea, hand).public_status == PublicStatus.NOT_ADOPTED
    assert hall.all(StatusChange) == []


def test_ideas_stay_adopted_while_the_council_agreed_with_another_element_of_their_theme(hall: Hall) -> None:
    another(hall, hall.made.other_theme, CouncilResult.AMENDED)
    assert correct(hall, a_ruling(hall.made.adopted, CouncilResult.NOT_ADOPTED, WHY))
    assert {before: after for before, after in statuses(hall).items() if before != after} == {}


def test_an_outcome_that_turned_waits_for_the_other_proposal_and_is_told(hall: Hall) -> None:
    hall.drop(PublicStatus.IN_EXECUTION)
    another(hall, hall.made.other_theme, None)
    assert correct(hall, a_ruling(hall.made.adopted, CouncilResult.NOT_ADOPTED, WHY), note=NOTE)
    idea = hall.made.ideas[PublicStatus.ADOPTED]
    assert hall.get(Idea, idea).public_status == PublicStatus.BEFORE_COUNCIL
    (change,) = hall.all(StatusChange)
    assert (change.idea_id, change.reason) == (idea, NOTE)
    (letter,) = hall.all(MailMessage)
    assert NOTE in letter.text


def test_an_idea_that_waited_is_adopted_when_the_other_outcome_turned(hall: Hall) -> None:
    hall.drop(PublicStatus.DISCUSSED)
    decision, element = another(hall, hall.made.theme, CouncilResult.NOT_ADOPTED)
    assert correct(hall, a_ruling(element), decision=decision)
    idea = hall.made.ideas[PublicStatus.BEFORE_COUNCIL]
    assert hall.get(Idea, idea).public_status == PublicStatus.ADOPTED
    assert [change.status for change in hall.all(StatusChange)] == [PublicStatus.ADOPTED]


def test_a_decision_counts_what_was_adopted_through_another_proposal(hall: Hall) -> None:
    another(hall, hall.made.theme, CouncilResult.ADOPTED)
    ruling = a_ruling(hall.made.asked, CouncilResult.NOT_ADOPTED, WHY)
    with hall.app.app_context():
        plan = plans.of_decision(hall.made.process, ruling, datetime.now(UTC))
    status, reason = plan.moves[hall.made.ideas[PublicStatus.BEFORE_COUNCIL]]
    assert status == PublicStatus.ADOPTED
    assert "Nog een focuspunt" in reason


def fields(hall: Hall) -> dict[str, str]:
    return {
        f"decision-result_{hall.made.adopted}": "not_adopted",
        f"decision-words_{hall.made.adopted}": WHY,
        "decision-note": NOTE,
    }


def test_a_correction_that_moves_ideas_is_shown_first(hall: Hall, desk: FlaskClient) -> None:
    hall.drop(PublicStatus.IN_EXECUTION)
    path = f"/beheer/trajecten/{hall.made.slug}/raad/besluiten/{hall.made.decision}"
    form = f"main form[action$='/besluiten/{hall.made.decision}']"
    first = visit(desk, path).submit(form, fields(hall))
    assert first.status_code == 200
    assert statuses(hall)[PublicStatus.ADOPTED] == PublicStatus.ADOPTED
    shown = look_at(desk, first)
    assert "Eén idee wordt niet aangenomen." in shown.text
    assert NOTE in shown.text
    again = look_at(desk, shown.submit(form, button="1"))
    assert again.one("#decision-note").get_text(strip=True) == NOTE
    mark = str(shown.one("button[name=sure]")["value"])

    def one_more() -> None:
        idea = db.session.get_one(Idea, hall.made.ideas[PublicStatus.ADOPTED])
        factories.an_idea(idea.call, themes=list(idea.themes), public_status=PublicStatus.ADOPTED)

    hall.do(one_more)
    late = shown.submit(form, button=mark)
    assert late.status_code == 409
    shown = look_at(desk, late)
    assert "2 ideeën worden niet aangenomen." in shown.text
    assert shown.submit(form, button=str(shown.one("button[name=sure]")["value"])).status_code == 303
    assert statuses(hall)[PublicStatus.ADOPTED] == PublicStatus.NOT_ADOPTED
    assert hall.get(FocusElement, hall.made.adopted).result == CouncilResult.NOT_ADOPTED
