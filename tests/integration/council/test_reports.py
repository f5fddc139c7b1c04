"""The evaluation and the council package: what they count, what they withhold, and files that say the same."""

import io
import json
from datetime import UTC, date, datetime, time, timedelta

import docx as office
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import PublicStatus
from app.features.council import figures, package
from app.features.council.package import Ranked
from app.kit import moments
from app.models import AgendaVersion, Call, Idea, Phase, Process
from app.models.council import CouncilProposal
from app.models.seal import SealReason
from app.records import seals
from tests import factories
from tests.support import look_at, post, visit
from tests.support.page import Page

from .conftest import Hall

NOW = datetime.now(UTC)


def vote(hall: Hall, idea: int, **groups: tuple[int, int]) -> None:
    """So many people per group for and against an idea, each from Wyck."""
    with hall.app.app_context():
        row = db.session.get_one(Idea, idea)
        for name, (yes, no) in groups.items():
            for turn in range(yes + no):
                voter = factories.a_person(group=Group(name), neighbourhood="Wyck")
                factories.a_vote(row, voter, VoteValue.FOR if turn < yes else VoteValue.AGAINST)
        db.session.commit()


def table(page: Page, caption: str) -> dict[str, list[str]]:
    """The rows of a table on the page, by their first cell."""
    found = next(
        table for table in page.soup.select("table") if table.caption and table.caption.get_text() == caption
    )
    return {
        row.select("th")[0].get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")]
        for row in found.select("tbody tr")
    }


def test_reach_and_breadth_withhold_small_groups(hall: Hall, client: FlaskClient) -> None:
    idea = hall.made.ideas[PublicStatus.OPEN]
    vote(hall, idea, resident=(5, 1), council=(2, 0), partner=(3, 0))
    path = f"/trajecten/{hall.made.slug}/evaluatie"
    page = visit(client, path, max_queries=12)
    assert table(page, "Hoeveel mensen meededen")["Stemden"] == ["11"]
    groups = table(page, "Mensen per groep")
    # Two council members would follow from the total; so the smallest other group goes with them.
    assert [row[0] for row in groups.values()] == ["6", "–", "–"]
    assert table(page, "Hoe ver ideeën kwamen") == {
        "Open": ["1"],
        "Besproken": ["1"],
        "Bij de raad": ["1"],
        "Aangenomen": ["1"],
        "In uitvoering": ["1"],
    }
    assert table(page, "Wat de raad met elk focuspunt deed")["Overal een boom"] == ["Groen", "Aangenomen"]


def test_nothing_that_follows_from_votes_while_counts_are_hidden(hall: Hall, client: FlaskClient) -> None:
    vote(hall, hall.made.ideas[PublicStatus.OPEN], resident=(5, 1))
    hall.do(lambda: db.session.execute(update(Phase).values(hides_counts=True)))
    page = visit(client, f"/trajecten/{hall.made.slug}/evaluatie")
    assert "Stemden" not in page.text
    assert "Niemand ziet nu hoeveel stemmen er zijn." in page.text
    csv = client.get(f"/trajecten/{hall.made.slug}/evaluatie.csv").text
    assert "Stemden" not in csv
    data = client.get(f"/trajecten/{hall.made.slug}/raad/pakket.json").get_json()
    assert data["standing"] is None
    assert data["ranking"] == []
    assert "voted" not in data["participants"]


@pytest.mark.parametrize("month", [3, 7, 10], ids=str)
def test_weeks_begin_by_the_clocks_of_the_city(hall: Hall, month: int) -> None:
    """Half an hour after midnight on a Monday in the city is Sunday still in Greenwich."""
    monday = next(day for day in (date(2026, month, 24 + at) for at in range(7)) if day.weekday() == 0)
    first = moments.moment(monday, time(0, 0, 0))
    assert first is not None
    late = first - timedelta(microseconds=300_000)
    with hall.app.app_context():
        db.session.execute(update(Idea).values(published_at=late))
        for at in (first, first + timedelta(minutes=30)):
            factories.an_idea(db.session.get_one(Call, hall.made.call), published_at=at)
        db.session.flush()
        weeks = figures._weeks(hall.made.process)
    assert weeks == [(monday - timedelta(days=7), 5, 0), (monday, 2, 0)]


def test_sizes_tell_nothing_of_one_or_two_people() -> None:
    assert figures.shown({"a": 5, "b": 2, "c": 4, "d": 0}) == {"a": 5, "b": None, "c": None, "d": 0}
    assert figures.shown({"a": 5, "b": 2, "c": 1}) == {"a": 5, "b": None, "c": None}
    assert figures.shown({"a": 5, "b": 3}) == {"a": 5, "b": 3}


def test_the_conclusion_of_the_organisers_stands_on_top(hall: Hall, desk: FlaskClient) -> None:
    path = f"/beheer/trajecten/{hall.made.slug}/evaluatie"
    page, other = visit(desk, path), visit(desk, path)
    form = "main form[action$='/evaluatie']"
    faulty = look_at(desk, page.submit(form, {"evaluation-answer_days": "0", "evaluation-text": "x" * 4001}))
    assert faulty.links("[data-error-summary] a") == ["#evaluation-text", "#evaluation-answer_days"]
    fields = {"evaluation-text": "We misten de jongeren.", "evaluation-answer_days": "30"}
    assert page.submit(form, fields).status_code == 303
    assert hall.get(Process, hall.made.process).answer_days == 30
    assert other.submit(form, {"evaluation-text": "Alles ging goed."}).status_code == 409
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/evaluatie")
    assert "We misten de jongeren." in public.text


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("what", ["raad/pakket", "evaluatie"])
def test_files_say_the_same_as_the_page(hall: Hall, client: FlaskClient, what: str, language: str) -> None:
    vote(hall, hall.made.ideas[PublicStatus.DISCUSSED], resident=(6, 2), council=(1, 4), partner=(3, 3))
    with hall.app.app_context():
        seals.seal(hall.made.call, SealReason.COUNCIL, NOW)
    prefix = "" if language == "nl" else "/en"
    path = f"{prefix}/trajecten/{hall.made.slug}/{what}"
    page = visit(client, path, max_queries=12)
    headings = page.texts("main .paper h2")
    pdf = client.get(f"{path}.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert b"pdfuaid" in pdf.data
    assert f"({language})".encode() in pdf.data or b"/Lang" in pdf.data
    word = client.get(f"{path}.docx")
    assert "attachment" in word.headers["Content-Disposition"]
    document = office.Document(io.BytesIO(word.data))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert set(headings) <= set(said)
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert set(page.texts("main .paper tbody th")) <= cells
    assert client.get(f"{path}.exe").status_code == 404


def test_the_package_holds_standing_elements_and_differences(hall: Hall, client: FlaskClient) -> None:
    vote(hall, hall.made.ideas[PublicStatus.DISCUSSED], resident=(6, 2), council=(0, 5), partner=(3, 0))
    with hall.app.app_context():
        digest = seals.seal(hall.made.call, SealReason.COUNCIL, NOW).digest
    page = visit(client, f"/trajecten/{hall.made.slug}/raad/pakket")
    assert digest in page.text
    data = json.loads(client.get(f"/trajecten/{hall.made.slug}/raad/pakket.json").data)
    assert (data["form"], data["standing"]["digest"]) == ("council-package@1", digest)
    assert [proposal["title"] for proposal in data["proposals"]] == ["Visie op privacy", "Visie op groen"]
    assert data["elements"][-1]["result"] == "adopted"
    (first,) = [idea for idea in data["ranking"] if idea["id"] == hall.made.ideas[PublicStatus.DISCUSSED]]
    assert first["groups"]["council"] == {"for": 0, "against": 5}
    assert data["differences"][0]["id"] == first["id"]
    assert data["outcomes"][0]["conclusion"] == "Zo weinig mogelijk meten."


def test_what_is_still_being_written_is_not_in_the_package(hall: Hall, client: FlaskClient) -> None:
    def plan() -> None:
        db.session.get_one(CouncilProposal, hall.made.proposal).meets_on = date(2031, 5, 6)
        db.session.get_one(CouncilProposal, hall.made.handed_in).meets_on = date(2031, 4, 1)

    hall.do(plan)
    page = visit(client, f"/trajecten/{hall.made.slug}/raad/pakket")
    assert "1 april 2031" in page.text
    assert "6 mei 2031" not in page.text
    assert "Een voorstel in de maak" not in page.text


def ranked(number: int, **votes: tuple[int, int] | None) -> Ranked:
    """An idea with these votes per group."""
    known = [pair for pair in votes.values() if pair]
    return Ranked(number, f"Idee {number}", number, sum(p[0] for p in known), sum(p[1] for p in known), votes)


def test_a_minority_point_is_carried_by_one_group_and_not_by_all() -> None:
    carried = ranked(1, resident=(4, 20), council=(6, 2), partner=(0, 5))
    everybody = ranked(2, resident=(20, 4), council=(7, 1), partner=(5, 0))
    withheld = ranked(3, resident=(4, 20), council=None, partner=(0, 5))
    assert package._minority([carried, everybody, withheld]) == ((carried, "council"),)
    assert package._differ([carried, everybody, withheld])[0] == carried
    assert package._agree([carried, everybody, withheld]) == (everybody,)


def test_who_is_no_organiser_cannot_conclude(hall: Hall, client: FlaskClient) -> None:
    answer = client.get(f"/beheer/trajecten/{hall.made.slug}/evaluatie")
    assert answer.status_code == 303
    post(client, f"/beheer/trajecten/{hall.made.slug}/evaluatie", 303)
    assert hall.get(Process, hall.made.process).evaluation == ""


def test_the_package_tells_the_agenda_and_why_but_not_while_counts_are_hidden(
    hall: Hall, client: FlaskClient
) -> None:
    parts = [
        {"key": "block:1", "title": "Welkom", "minutes": 10, "themeId": None, "why": None},
        {
            "key": f"theme:{hall.made.theme}",
            "title": "Privacy",
            "minutes": 30,
            "themeId": hall.made.theme,
            "why": {"id": hall.made.theme, "phase": "pinned", "reason": "De raad vroeg erom."},
        },
    ]
    version = AgendaVersion(
        workshop_id=hall.made.workshop,
        number=1,
        document=json.dumps({"parts": parts}, sort_keys=True, separators=(",", ":")),
        digest="1" * 64,
        published_at=NOW,
    )
    hall.do(lambda: db.session.add(version))
    path = f"/trajecten/{hall.made.slug}/raad/pakket"
    items = client.get(f"{path}.json").get_json()["agenda"]["items"]
    assert [(item["title"], item["why"]) for item in items] == [
        ("Welkom", ""),
        ("Privacy", "De raad vroeg erom."),
    ]
    assert "De raad vroeg erom." in visit(client, path).text
    hall.do(lambda: db.session.execute(update(Phase).values(hides_counts=True)))
    assert client.get(f"{path}.json").get_json()["agenda"]["items"] == []
    assert "De raad vroeg erom." not in visit(client, path).text
