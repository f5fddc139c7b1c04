"""Proposals: written, changed, handed in once; ideas that were discussed move along and everybody concerned hears."""

import threading
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import PublicStatus
from app.features.notifications import fan_out
from app.models import AuditEntry, FocusElement, Follow, Idea, MailMessage, Notice, StatusChange, VotedWish
from app.models.council import CouncilProposal
from tests import factories
from tests.integration.organiser.recipes_of_the_council import hand_in_mark
from tests.support import csrf_token, look_at, post, sign_in, visit

from .conftest import Hall

WHY = "Het thema van dit idee staat in het voorstel."
HAND_IN = "main form[action$='/indienen']"
SAVE = "main form[action*='/raad/voorstel']:not([action$='/indienen'])"


def path_of(hall: Hall) -> str:
    return f"/beheer/trajecten/{hall.made.slug}/raad/voorstellen/{hall.made.proposal}"


def test_a_proposal_is_written_and_gathers_elements(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, f"/beheer/trajecten/{hall.made.slug}/raad/voorstel")
    assert page.texts("#proposal-elements label") == ["Vrij focuspunt", "Tweede focuspunt"]
    data = {
        "proposal-title": "Een visie voor de stad",
        "proposal-elements": hall.made.free,
        "proposal-document_url": "https://raad.example/voorstel",
        "proposal-day": "2027-01-12",
    }
    answer = page.submit(SAVE, data)
    made = hall.all(CouncilProposal)[-1]
    assert answer.location.endswith(f"/raad/voorstellen/{made.id}")
    assert (made.title, str(made.meets_on), made.handed_in_at) == (
        "Een visie voor de stad",
        "2027-01-12",
        None,
    )
    # The page that everybody reads does not show it yet.
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert "Een visie voor de stad" not in public.text


def test_a_second_proposal_with_the_title_of_a_draft_keeps_what_was_typed(
    hall: Hall, desk: FlaskClient
) -> None:
    page = visit(desk, f"/beheer/trajecten/{hall.made.slug}/raad/voorstel")
    mine = {
        "proposal-title": "Een visie",
        "proposal-text": "Mijn tekst.",
        "proposal-elements": hall.made.free,
    }
    for _click in range(2):
        assert page.submit(SAVE, mine).status_code == 303
    late = page.submit(SAVE, {**mine, "proposal-text": "Een andere tekst."})
    assert late.status_code == 409
    shown = look_at(desk, late)
    assert "Er is al een voorstel met deze titel in de maak." in shown.text
    assert shown.one("#proposal-text").get_text(strip=True) == "Een andere tekst."
    made = [row for row in hall.all(CouncilProposal) if row.title == "Een visie"]
    assert [row.text for row in made] == ["Mijn tekst."]


def test_an_element_that_went_into_another_proposal_is_not_left_out_in_silence(
    hall: Hall, desk: FlaskClient
) -> None:
    page = visit(desk, path_of(hall))

    def elsewhere() -> None:
        row = CouncilProposal(process_id=hall.made.process, title="Elders", created_at=datetime.now(UTC))
        db.session.get_one(FocusElement, hall.made.free).proposal = row

    hall.do(elsewhere)
    data = {"proposal-elements": [hall.made.drafted, hall.made.free], "proposal-text": "Erbij."}
    late = page.submit(SAVE, data)
    assert late.status_code == 409
    assert look_at(desk, late).one("#proposal-text").get_text(strip=True) == "Erbij."
    assert hall.get(CouncilProposal, hall.made.proposal).text == ""


def test_all_faults_at_once(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall))
    data = {"proposal-title": "x", "proposal-document_url": "http://raad.example", "proposal-day": "morgen"}
    answer = page.submit(SAVE, data)
    assert answer.status_code == 400
    shown = look_at(desk, answer)
    assert shown.links("[data-error-summary] a") == [
        "#proposal-title",
        "#proposal-document_url",
        "#proposal-day",
    ]
    assert shown.one("#proposal-day")["value"] == "morgen"


def test_handing_in_moves_what_was_discussed_and_nothing_else(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall), max_queries=12)
    assert "Eén idee dat is besproken, ligt dan bij de raad." in page.text
    answer = page.submit(HAND_IN, {"hand-reason": WHY})
    assert answer.status_code == 303
    status = {number: hall.get(Idea, number).public_status for number in hall.made.ideas.values()}
    moved = hall.made.ideas[PublicStatus.DISCUSSED]
    assert status[moved] == PublicStatus.BEFORE_COUNCIL
    assert {before for before, number in hall.made.ideas.items() if status[number] != before} == {
        PublicStatus.DISCUSSED
    }
    (change,) = hall.all(StatusChange)
    assert (change.idea_id, change.reason, change.actor_id) == (moved, WHY, hall.organiser)
    (line,) = hall.all(AuditEntry)
    assert (line.action, line.why, line.after["ideas"]) == ("council.hand_in", WHY, 1)
    (letter,) = hall.all(MailMessage)
    assert letter.recipient == "inge@voorbeeld.example"
    assert "Bij de raad" in letter.text
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert "Een voorstel in de maak" in public.text
    post(desk, path_of(hall), 403, **{"proposal-title": "Toch anders"})


def wanting(hall: Hall) -> dict[str, int]:
    """A voter who wants to hear, one who does not, a follower, and somebody who did nothing."""
    with hall.app.app_context():
        now = datetime.now(UTC)
        idea = db.session.get_one(Idea, hall.made.ideas[PublicStatus.DISCUSSED])
        people = {name: factories.a_person(name=name) for name in ("wants", "voted", "follows", "nothing")}
        factories.a_vote(idea, people["wants"])
        factories.a_vote(idea, people["voted"])
        db.session.add(VotedWish(person_id=people["wants"].id, wanted_at=now))
        db.session.add(Follow(person_id=people["follows"].id, idea_id=idea.id, created_at=now))
        db.session.commit()
        return {name: person.id for name, person in people.items()}


def test_every_voter_who_wished_so_is_told_and_nobody_else(hall: Hall, desk: FlaskClient) -> None:
    people = wanting(hall)
    page = visit(desk, path_of(hall))
    assert "3 mensen horen ervan." in page.text  # the author, the follower, and the voter who wants to
    page.submit(HAND_IN, {"hand-reason": WHY})
    with hall.app.app_context():
        fan_out.tell_all(datetime.now(UTC))
        told = dict(db.session.execute(select(Notice.person_id, Notice.text)).all())
    assert set(told) == {people["wants"], people["follows"], hall.author}
    assert set(told.values()) == {WHY}


def test_who_follows_theme_or_process_hears_of_it_once_also_without_ideas_that_move(
    hall: Hall, desk: FlaskClient
) -> None:
    """Not twice who hears of an idea that moved."""
    wanting(hall)
    with hall.app.app_context():
        now = datetime.now(UTC)
        follower, both, voter = (factories.a_person() for _ in range(3))
        moved = db.session.get_one(Idea, hall.made.ideas[PublicStatus.DISCUSSED])
        db.session.add_all(
            (
                Follow(person_id=follower.id, theme_id=hall.made.theme, created_at=now),
                Follow(person_id=follower.id, process_id=hall.made.process, created_at=now),
                Follow(person_id=both.id, process_id=hall.made.process, created_at=now),
                Follow(person_id=both.id, idea_id=moved.id, created_at=now),
                VotedWish(person_id=voter.id, wanted_at=now),
            )
        )
        factories.a_vote(db.session.get_one(Idea, hall.made.ideas[PublicStatus.OPEN]), voter)
        db.session.commit()
        expected = sorted((follower.id, voter.id))
    page = visit(desk, path_of(hall), max_queries=12)
    assert "6 mensen horen ervan." in page.text
    assert page.submit(HAND_IN, {"hand-reason": WHY}).status_code == 303
    with hall.app.app_context():
        fan_out.tell_all(datetime.now(UTC))
        rows = db.session.execute(select(Notice.person_id, Notice.event_key)).all()
        assert len({person for person, _key in rows}) == len(rows) == 6
        assert sorted(person for person, key in rows if key.startswith("proposal:")) == expected


def test_of_ten_at_once_one_hands_it_in(hall: Hall) -> None:
    gate, codes = threading.Barrier(10), []
    with hall.app.app_context():
        seen = hand_in_mark(hall.made)

    def click(person: int) -> None:
        client = sign_in(hall.app.test_client(), person)
        data = {"hand-reason": WHY, "hand-seen": seen, "csrf_token": csrf_token(client)}
        gate.wait()
        codes.append(client.post(f"{path_of(hall)}/indienen", data=data).status_code)

    threads = [
        threading.Thread(target=click, args=((hall.organiser, hall.second)[turn % 2],)) for turn in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [303] * 10
    assert len(hall.all(StatusChange)) == len(hall.all(AuditEntry)) == len(hall.all(MailMessage)) == 1


def test_what_is_handed_in_is_what_was_shown(hall: Hall, desk: FlaskClient) -> None:
    """Somebody else saves another text, and somebody follows the idea, while the page of the first one is open."""
    page, other = visit(desk, path_of(hall)), sign_in(hall.app.test_client(), hall.second)
    assert visit(other, path_of(hall)).submit(SAVE, {"proposal-text": "Heel iets anders."}).status_code == 303
    late = page.submit(HAND_IN, {"hand-reason": WHY})
    assert late.status_code == 409
    assert hall.get(CouncilProposal, hall.made.proposal).handed_in_at is None
    shown = look_at(desk, late)
    assert shown.one("#proposal-text").get_text(strip=True) == "Heel iets anders."
    assert shown.one("#hand-reason").get_text(strip=True) == WHY
    wanting(hall)
    again = shown.submit(HAND_IN)
    assert again.status_code == 409
    shown = look_at(desk, again)
    assert "3 mensen horen ervan." in shown.text
    assert shown.submit(HAND_IN).status_code == 303
    assert hall.get(CouncilProposal, hall.made.proposal).handed_in_at is not None


def test_of_two_who_tell_different_things_about_it_one_is_told_so(hall: Hall, desk: FlaskClient) -> None:
    page, other = visit(desk, path_of(hall)), sign_in(hall.app.test_client(), hall.second)
    assert visit(other, path_of(hall)).submit(HAND_IN, {"hand-reason": WHY}).status_code == 303
    mine = "Dit wilde ik erover vertellen."
    late = page.submit(HAND_IN, {"hand-reason": mine})
    assert late.status_code == 409
    assert mine in look_at(desk, late).text
    assert page.submit(HAND_IN, {"hand-reason": WHY}).status_code == 303
    assert len(hall.all(StatusChange)) == 1


def test_a_proposal_without_elements_is_not_handed_in(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall))
    page.submit(SAVE, {"proposal-elements": None})
    assert not visit(desk, path_of(hall)).all("form[action$='/indienen']")
    post(desk, f"{path_of(hall)}/indienen", 403, **{"hand-reason": WHY})
    assert hall.get(CouncilProposal, hall.made.proposal).handed_in_at is None
