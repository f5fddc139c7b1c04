"""Focus elements: taken from a workshop with one click, or written; ordered and changed until they are handed in."""

import threading

from flask.testing import FlaskClient

from app.features.council import elements
from app.models import AuditEntry, FocusElement
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, visit
from tests.support.chamber import SENTENCE

from .conftest import Hall

TAKE = "main form[action$='/overnemen']"
ADD = "main form[action$='/raad/focuspunten']"


def titles(hall: Hall) -> list[str]:
    rows = sorted(hall.all(FocusElement), key=lambda row: (row.position, row.id))
    return [row.title for row in rows]


def test_a_sentence_is_taken_with_one_click_and_keeps_its_source(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, f"/beheer/trajecten/{hall.made.slug}/raad", max_queries=12)
    assert SENTENCE in page.one('[aria-labelledby="offers"]').get_text()
    form = page.all(TAKE)[0]
    fields = {tag["name"]: tag["value"] for tag in form.select("input[name]")}
    for _click in range(2):
        assert desk.post(str(form["action"]), data=fields).status_code == 303
    (made,) = [row for row in hall.all(FocusElement) if row.taken_from]
    assert (made.title, made.theme_id, made.workshop_id) == (SENTENCE, hall.made.theme, hall.made.workshop)
    assert titles(hall)[-1] == SENTENCE
    (line,) = hall.all(AuditEntry)
    assert (line.action, line.subject_id) == ("council.add_element", made.id)
    again = visit(desk, f"/beheer/trajecten/{hall.made.slug}/raad")
    assert len(again.all(TAKE)) == len(page.all(TAKE)) - 1


def test_of_ten_clicks_at_once_one_takes_it(hall: Hall) -> None:
    gate, codes = threading.Barrier(10), []
    fields = {"outcome": hall.made.outcome, "mark": elements.mark_of(SENTENCE)}

    def click(person: int) -> None:
        client = sign_in(hall.app.test_client(), person)
        data = {**fields, "csrf_token": csrf_token(client)}
        gate.wait()
        answer = client.post(f"/beheer/trajecten/{hall.made.slug}/raad/focuspunten/overnemen", data=data)
        codes.append(answer.status_code)

    threads = [
        threading.Thread(target=click, args=((hall.organiser, hall.second)[turn % 2],)) for turn in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [303] * 10
    assert titles(hall).count(SENTENCE) == 1
    assert len(hall.all(AuditEntry)) == 1


def test_what_the_outcome_does_not_say_any_more_is_not_taken(hall: Hall, desk: FlaskClient) -> None:
    path = f"/beheer/trajecten/{hall.made.slug}/raad/focuspunten/overnemen"
    answer = post(desk, path, 409, outcome=hall.made.outcome, mark=elements.mark_of("Iets anders."))
    assert "Kijk wat er nu geldt." in look_at(desk, answer).text
    assert len(titles(hall)) == 5


def test_faults_come_back_with_what_was_typed(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, f"/beheer/trajecten/{hall.made.slug}/raad")
    answer = page.submit(ADD, {"element-title": "x", "element-text": "Een toelichting."})
    assert answer.status_code == 400
    shown = look_at(desk, answer)
    assert shown.links("[data-error-summary] a") == ["#element-title"]
    assert shown.one("#element-text").get_text().strip() == "Een toelichting."
    assert len(titles(hall)) == 5


def test_one_place_up_or_down_and_a_double_click_is_one(hall: Hall, desk: FlaskClient) -> None:
    path = f"/beheer/trajecten/{hall.made.slug}/raad/focuspunten/{hall.made.second}/plaats"
    for _click in range(2):
        post(desk, path, to=0)
    assert titles(hall)[:2] == ["Tweede focuspunt", "Vrij focuspunt"]
    post(desk, path, to=-1)  # it stands on top already
    post(desk, path, 400, to="ergens")
    assert titles(hall)[:2] == ["Tweede focuspunt", "Vrij focuspunt"]
    assert len(hall.all(AuditEntry)) == 1


def test_of_two_who_change_it_the_second_sees_what_holds_now(hall: Hall, desk: FlaskClient) -> None:
    path = f"/beheer/trajecten/{hall.made.slug}/raad/focuspunten/{hall.made.free}"
    first, second = visit(desk, path), visit(sign_in(hall.app.test_client(), hall.second), path)
    assert (
        first.submit(f"main form[action$='/{hall.made.free}']", {"element-title": "Mijn woorden"}).status_code
        == 303
    )
    late = second.submit(f"main form[action$='/{hall.made.free}']", {"element-title": "Jouw woorden"})
    assert late.status_code == 409
    assert look_at(desk, late).one("#element-title")["value"] == "Jouw woorden"
    assert "Mijn woorden" in titles(hall)


def test_what_went_to_the_council_stays_as_it_is(hall: Hall, desk: FlaskClient) -> None:
    base = f"/beheer/trajecten/{hall.made.slug}/raad/focuspunten"
    for number, sentence in (
        (hall.made.asked, "Dit focuspunt is naar de raad."),
        (hall.made.adopted, "De raad heeft over dit focuspunt besloten."),
    ):
        assert sentence in visit(desk, f"{base}/{number}").text
        post(desk, f"{base}/{number}", 403, **{"element-title": "Anders", "element-theme": 0})
        post(desk, f"{base}/{number}/verwijderen", 403)
        post(desk, f"{base}/{number}/plaats", 403, to=2)
    assert len(titles(hall)) == 5
    assert hall.all(AuditEntry) == []


def test_an_element_of_another_process_is_not_found(hall: Hall, desk: FlaskClient) -> None:
    slug = hall.do(lambda: factories.a_process().slug)
    path = f"/beheer/trajecten/{slug}/raad/focuspunten/{hall.made.free}"
    visit(desk, path, 404)
    post(desk, path, 404, **{"element-title": "Anders", "element-theme": 0})
    visit(desk, "/beheer/trajecten/bestaat-niet/raad", 404)
