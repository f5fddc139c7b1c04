"""The scenes that the desk puts on: a theme in depth, live rounds, outcomes, focus elements, and how ranks moved."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group, Side, VoteValue
from app.features.projector import board
from app.models import AgendaVersion, Argument, Idea, PaperCount, Person, Phase, RoundOption
from app.models.council import FocusElement
from app.models.outcome import Outcome
from app.models.process import Process
from app.models.room import RoundKind, RoundState
from app.models.seal import SealReason
from app.records import seals
from tests import factories
from tests.support import visit
from tests.support.evenings import Evening, text


def words(evening: Evening, prefix: str = "") -> str:
    """The words on the wall, with plain spaces."""
    return evening.picture(prefix).replace("\xa0", " ")


def seal(evening: Evening) -> None:
    with evening.app.app_context():
        seals.seal(
            evening.room.call, SealReason.WORKSHOP, datetime.now(UTC), workshop_id=evening.room.workshop
        )
        db.session.commit()


def test_a_theme_in_depth(evening: Evening) -> None:
    green = evening.room.themes["Groen"]
    with evening.app.app_context():
        author = db.session.get_one(Person, evening.room.author)
        for side, body, helpful in (
            (Side.FOR, "Bomen geven schaduw en dat helpt.", 4),
            (Side.FOR, "Minder vaak gelezen.", 1),
            (Side.AGAINST, "Wortels tillen de stoep op, en wie betaalt dat?", 2),
            (Side.QUESTION, "Wanneer begint het dan?", 9),
        ):
            idea = db.session.get_one(Idea, evening.room.ideas["Groen"][0])
            argument: Argument = factories.an_argument(idea, author, side=side, body=body)
            argument.helpful_count = helpful
        db.session.commit()
    evening.step(evening.desk(), f"theme:{green}")
    told = words(evening)
    assert "Ideeën met het meeste draagvlak Groen, idee nummer" in told
    assert "Voor Bomen geven schaduw en dat helpt." in told
    assert "Tegen Wortels tillen de stoep op" in told
    assert "Minder vaak" not in told
    assert "Wanneer begint" not in told


def test_groups_of_fewer_than_three_are_withheld_in_depth(evening: Evening) -> None:
    """Groen: eight residents and one partner. The partner alone would be told by what is left."""
    evening.step(evening.desk(), f"theme:{evening.room.themes['Groen']}")
    told = words(evening)
    assert "Partner in de stad niet getoond: te weinig mensen" in told
    assert "1 van 1" not in told
    assert "Inwoner niet getoond: te weinig mensen" in told
    evening.step(evening.desk(), f"theme:{evening.room.themes['Maas']}")
    assert "Raadslid 100 % 5 van 5 mensen" in words(evening)


def test_where_groups_differ_is_said_of_shown_groups_only(evening: Evening) -> None:
    idea = evening.room.ideas["Maas"][0]
    with evening.app.app_context():
        found = db.session.get_one(Idea, idea)
        for _ in range(4):
            factories.a_vote(found, factories.a_person(), value=VoteValue.AGAINST)
        db.session.commit()
    evening.room.refresh()
    evening.step(evening.desk(), f"theme:{evening.room.themes['Maas']}")
    assert "Raadslid: 100 % voor. Inwoner: 0 % voor. Over “Maas, idee nummer 1”." in words(evening)
    # Two partners differ even more, but two are too few to be told about.
    with evening.app.app_context():
        found = db.session.get_one(Idea, evening.room.ideas["Maas"][1])
        for _ in range(2):
            factories.a_vote(found, factories.a_person(group=Group.PARTNER), value=VoteValue.AGAINST)
        db.session.commit()
    evening.room.refresh()
    told = words(evening)
    assert "Partner in de stad: 0 %" not in told
    assert "Maas, idee nummer 2”" not in told


def test_while_counts_are_hidden_a_theme_shows_ideas_without_an_order(evening: Evening) -> None:
    evening.step(evening.desk(), f"theme:{evening.room.themes['Groen']}")
    evening.room.hide_counts()
    told = words(evening)
    assert "Groen, idee nummer 1 " in told
    assert "%" not in told
    assert "draagvlak" not in told
    assert "mensen" not in told


@pytest.mark.parametrize("kind", list(RoundKind))
def test_nothing_is_told_of_a_round_before_it_is_revealed(evening: Evening, kind: RoundKind) -> None:
    number = evening.a_round("Groen", kind=kind, position=5)
    client = evening.desk()
    evening.step(client, f"round:{number}:open")
    evening.vote(number, 7, more=4)
    for step, state in (("close", RoundState.CLOSED), ("reveal", RoundState.REVEALED)):
        frame = evening.frame()
        told = text(frame["picture"])
        assert "7 van 11 mensen hebben gestemd" in told
        for figure in ("voor ·", "7 voor", "stippen ", "voorstanders", "Telefoons", "screen-round__told"):
            assert figure not in told.replace("Verdeel 3 stippen op", "")
        # Also not in the small picture of what comes next.
        page = visit(client, f"{evening.path}/regie")
        assert not page.all(".screen-round__results")
        evening.step(client, f"round:{number}:{step}")
        assert evening.state(number) == state
    assert "Meer bomen" in words(evening)
    assert "7" in words(evening).split("Meer bomen")[1]


def test_phones_and_paper_stand_apart(evening: Evening) -> None:
    client = evening.desk()
    for step in ("open", "close"):
        evening.step(client, f"round:{evening.round}:{step}")
        if step == "open":
            evening.vote(evening.round, 6)
            evening.vote(evening.round, 2, value=-1)
    with evening.app.app_context():
        option = db.session.scalars(
            select(RoundOption.id).where(RoundOption.round_id == evening.round)
        ).first()
        for person in (evening.ann, evening.bob):
            for value, count in ((1, 5), (-1, 3)):
                db.session.add(
                    PaperCount(
                        option_id=option,
                        value=value,
                        entered_by=person,
                        number=count,
                        entered_at=factories.NOW,
                    )
                )
        db.session.commit()
    evening.step(client, f"round:{evening.round}:reveal")
    assert "Meer bomen Telefoons 6 voor · 2 tegen Papier 5 voor · 3 tegen" in words(evening)
    assert "Meer bankjes Telefoons 6 voor · 2 tegen 8 van 8" in words(evening)


def test_who_agrees_is_counted_in_the_words_on_the_phones(evening: Evening) -> None:
    client, number = evening.desk(), evening.a_round("Maas", kind=RoundKind.AGREE, options=("Tellen mag.",))
    evening.step(client, f"round:{number}:open")
    for people, value in ((6, 1), (1, 0), (2, -1)):
        evening.vote(number, people, value=value)
    evening.step(client, f"round:{number}:close")
    evening.step(client, f"round:{number}:reveal")
    assert "Tellen mag. 6 eens · 1 weet ik niet · 2 oneens 9 van 9" in words(evening)
    assert "Tellen mag. 6 agree · 1 unsure · 2 disagree 9 of 9" in words(evening, "/en")
    read = visit(evening.app.test_client(), f"{evening.path}/volgen")
    assert "Tellen mag. 6 eens · 1 weet ik niet · 2 oneens" in read.text


def test_an_outcome_is_shown_as_it_is_being_written(evening: Evening) -> None:
    green = evening.room.themes["Groen"]
    evening.step(evening.desk(), f"outcome:{green}")
    assert "Hier schrijven we op wat de zaal vindt." in words(evening)
    with evening.app.app_context():
        outcome = Outcome(
            workshop_id=evening.room.workshop,
            theme_id=green,
            conclusion="We beginnen met bomen.",
            elements=["Elke straat een boom"],
            questions=["Wie betaalt?"],
            taken_by="Riet Janssen",
            recorded_at=datetime.now(UTC),
        )
        db.session.add(outcome)
        db.session.commit()
    told = words(evening)
    for part in (
        "We beginnen met bomen.",
        "Elke straat een boom",
        "Wie betaalt?",
        "Opgepakt door: Riet Janssen",
    ):
        assert part in told
    evening.press(evening.desk(), "namen", on="yes")
    assert "Riet Janssen" not in str(evening.frame())
    with evening.app.app_context():
        db.session.execute(update(Outcome).values(conclusion="We beginnen met tien bomen."))
        db.session.commit()
    assert "tien bomen" in words(evening)


def test_focus_elements_of_this_process_only(evening: Evening) -> None:
    with evening.app.app_context():
        other: Process = factories.a_process()
        for process, title in ((evening.room.process, "Meten zonder te volgen"), (other.id, "Iets anders")):
            db.session.add(FocusElement(process_id=process, title=title, text="Zo gaat dat.", position=1))
        db.session.commit()
    evening.step(evening.desk(), "focus")
    assert "Meten zonder te volgen Zo gaat dat." in words(evening)
    assert "Iets anders" not in words(evening)


def test_ranks_that_moved_since_the_seal_are_marked_in_words_too(evening: Evening) -> None:
    seal(evening)
    evening.step(evening.desk(), "themes")
    told = words(evening)
    assert "Verzegeld: stand 1" in told
    assert "▲" not in told
    for _ in range(9):
        evening.room.vote("Fietsen", group=Group.COUNCIL)
        evening.room.vote("Fietsen", group=Group.PARTNER)
    evening.room.refresh()
    told = words(evening)
    assert "Voorlopig" in told
    assert "Verzegeld" not in told
    assert "▲2 2 plaatsen gestegen" in told
    assert "1 plaats gedaald" in told
    assert "▲ en ▼: verschoven sinds stand 1" in told
    assert "(2 plaatsen gestegen)" in visit(evening.app.test_client(), f"{evening.path}/volgen").text


def test_the_programme_follows_the_agenda_that_was_published(evening: Evening) -> None:
    green = evening.room.themes["Groen"]
    document = {
        "parts": [
            {
                "key": "block:1",
                "kind": "opening",
                "number": None,
                "themeId": None,
                "title": "Inloop",
                "minutes": 5,
                "begins": 0,
            },
            {
                "key": f"theme:{green}",
                "kind": "theme",
                "number": 1,
                "themeId": green,
                "title": "Oud",
                "minutes": 45,
                "begins": 5,
            },
        ]
    }
    with evening.app.app_context():
        db.session.add(
            AgendaVersion(
                workshop_id=evening.room.workshop,
                number=1,
                document=json.dumps(document),
                digest="0" * 64,
                published_at=datetime.now(UTC),
            )
        )
        db.session.commit()
    client = evening.desk()
    evening.step(client, "programme")
    told = words(evening)
    assert "Dit is de agenda" in told
    assert "Inloop nu 5 min" in told
    assert "Groen 45 min" in told
    assert "Maas" not in told
    # What was published stays to be read while counts are hidden.
    evening.room.hide_counts()
    assert "Groen 45 min" in words(evening)
    with evening.app.app_context():
        db.session.execute(update(Phase).values(hides_counts=False))
        db.session.commit()
    evening.step(client, f"theme:{green}")
    page = visit(client, f"{evening.path}/scherm?beeld=agenda")
    assert "Groen nu" in page.text


def test_who_reads_along_has_the_same_as_headings_and_lists(evening: Evening) -> None:
    client = evening.app.test_client()
    page = visit(client, f"{evening.path}/volgen", max_queries=10)
    assert page.texts("main h2") == ["Doe mee op je telefoon", "Hierna"]
    assert page.texts(".follow__next p") == ["De agenda – Welkom"]
    assert page.one("[data-said]")["aria-live"] == "polite"
    evening.step(evening.desk(), f"round:{evening.round}:open")
    page = visit(client, f"{evening.path}/volgen")
    assert page.texts(".follow__now h2") == ["Wat wil je hier?"]
    assert page.texts(".follow__now li") == ["Meer bomen", "Meer bankjes"]
    assert page.links(".follow__now a") == [f"{evening.path}/meedoen"]
    # A question is not told before it is asked.
    evening.step(evening.desk(), f"theme:{evening.room.themes['Groen']}")
    assert "Wat wil je hier?" not in visit(client, f"{evening.path}/volgen").text


def test_frames_are_built_without_a_request(evening: Evening) -> None:
    """As the process that pushes them does: the same bytes as the screen asks for, in both languages."""
    evening.step(evening.desk(), f"theme:{evening.room.themes['Groen']}")
    for language, prefix in (("nl", ""), ("en", "/en")):
        asked = evening.app.test_client().get(f"{prefix}{evening.path}/scherm/stand")
        with evening.app.app_context():
            found = board.of_workshop(evening.room.workshop, language, datetime.now(UTC))
        assert found is not None
        assert found.body == asked.get_data()
        assert f'"{found.etag}"' == asked.headers["ETag"]
