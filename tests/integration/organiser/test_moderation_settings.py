"""Choosing how texts are moderated: faults named all at once, one line with what changed, and it holds at once."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.features.organiser import moderation_rules
from app.kit.i18n import speaking
from app.models import AuditEntry, Call, Person, Process
from app.models.person import Role
from app.models.process import Curation, ProcessState
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Office

SENTENCE = "Zo is het afgesproken met de moderatoren."


def address(office: Office) -> str:
    with office.app.app_context():
        return f"/beheer/trajecten/{db.session.get_one(Call, office.call).process.slug}/moderatie"


def filled(office: Office, client: FlaskClient, **changes: Any) -> dict[str, Any]:
    """The form as it stands on the page, with changes; `call_x` is a field of the call, others are of the process."""
    page = visit(client, address(office), max_queries=8)
    given: dict[str, Any] = {}
    for field in page.all("main form input, main form textarea"):
        if field["name"] != "csrf_token" and (field.get("type") != "radio" or field.has_attr("checked")):
            given[str(field["name"])] = (
                field.get_text().strip() if field.name == "textarea" else field.get("value", "")
            )
    told = {
        f"call-{office.call}-{name[5:]}" if name.startswith("call_") else f"process-{name}": value
        for name, value in changes.items()
    }
    return {**given, "change-reason": SENTENCE, **told}


def now_of(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        call = db.session.get_one(Call, office.call)
        kept = moderation_rules.plain(call.process, [call])
        return {name.partition("@")[0]: value for name, value in kept.items()}


def test_the_form_shows_what_holds_now(office: Office, desk: FlaskClient) -> None:
    given = filled(office, desk)
    assert [given[f"process-{name}"] for name in moderation_rules.OF_PROCESS] == ["24", "5", "14", "24"]
    of_call = {name: given[f"call-{office.call}-{name}"] for name in moderation_rules.OF_CALL}
    assert of_call == {
        "idea_curation": "before",
        "argument_curation": "reported",
        "trust_after": "3",
        "checklist": "",
        "threshold": "",
    }
    assert address(office) in visit(desk, "/beheer/trajecten").links(".panel .button")


def test_a_choice_is_kept_with_one_line_of_what_changed(office: Office, desk: FlaskClient) -> None:
    points = ["Gaat het over de stad?", "Staan er geen namen of adressen in?"]
    data = filled(
        office,
        desk,
        promised_hours="48",
        report_threshold="0",
        call_idea_curation="after",
        call_checklist=f"  {points[0]} \r\n\r\n{points[1]}\n",
        call_threshold="250",
    )
    post(desk, address(office), **data)
    kept = now_of(office)
    assert (kept["promised_hours"], kept["report_threshold"], kept["appeal_days"]) == (48, 0, 14)
    assert (kept["idea_curation"], kept["checklist"], kept["threshold"]) == (Curation.AFTER, points, 250)
    (line,) = office.all(AuditEntry)
    assert (line.actor_id, line.action, line.why) == (office.organiser, "moderation.set_rules", SENTENCE)
    with office.app.app_context():
        slug = db.session.get_one(Call, office.call).slug
    assert line.before == {
        "promised_hours": 24,
        "report_threshold": 5,
        f"idea_curation@{slug}": "before",
        f"checklist@{slug}": [],
        f"threshold@{slug}": None,
    }
    assert line.after[f"checklist@{slug}"] == points
    page = visit(desk, address(office))
    assert (
        "Vanaf nu staan ideeën in deze oproep meteen op de site: Waar moet de stad slim in zijn?"
        in page.soup.get_text()
    )
    assert "Ideeën in deze oproep staan op de site zodra iemand ze instuurt." in page.text
    log = visit(desk, "/beheer/logboek").text
    assert f"Wanneer lezen moderatoren ideeën? ({slug}): Vóór plaatsing Na plaatsing" in log
    assert "Binnen hoeveel uur moderatoren kijken: 24 48" in log


def test_a_threshold_can_be_taken_away_again(office: Office, desk: FlaskClient) -> None:
    post(desk, address(office), **filled(office, desk, call_threshold="250"))
    post(desk, address(office), **filled(office, desk, call_threshold=""))
    assert now_of(office)["threshold"] is None
    assert len(office.all(AuditEntry)) == 2


def test_the_same_again_leaves_no_line(office: Office, desk: FlaskClient) -> None:
    post(desk, address(office), **filled(office, desk))
    assert office.all(AuditEntry) == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *[
            (name, typed)
            for name in moderation_rules.OF_PROCESS
            for typed in ("", "-1", "1,5", "veel", "9999")
        ],
        *[("promised_hours", typed) for typed in ("0", "721")],
        *[("appeal_days", typed) for typed in ("0", "91")],
        *[("retention_months", typed) for typed in ("0", "121")],
        *[("call_trust_after", typed) for typed in ("", "0", "51")],
        *[("call_threshold", typed) for typed in ("0", "-5", "tien", "1000000")],
        *[("call_idea_curation", typed) for typed in ("", "nooit")],
        ("call_argument_curation", "nooit"),
        ("call_checklist", "te kort"),
        ("call_checklist", "x" * 141),
        ("call_checklist", "\n".join(f"Dit is punt {number}" for number in range(13))),
    ],
)
def test_a_fault_is_named_and_nothing_changes(
    office: Office, desk: FlaskClient, name: str, typed: str
) -> None:
    before = now_of(office)
    data = filled(office, desk, **{name: typed})
    page = look_at(desk, post(desk, address(office), 400, **data))
    field = f"#call-{office.call}-{name[5:]}" if name.startswith("call_") else f"#process-{name}"
    assert page.links(".errors a") == [field]
    assert now_of(office) == before
    assert office.all(AuditEntry) == []


@pytest.mark.one_database
def test_all_faults_come_at_once(office: Office, desk: FlaskClient) -> None:
    data = filled(
        office,
        desk,
        promised_hours="",
        call_threshold="x",
        call_checklist="kort\nook kort\nDit is lang genoeg",
    )
    page = look_at(desk, post(desk, address(office), 400, **{**data, "change-reason": ""}))
    call = f"#call-{office.call}-"
    assert page.links(".errors a") == [
        "#process-promised_hours",
        f"{call}checklist",
        f"{call}checklist",
        f"{call}threshold",
        "#change-reason",
    ]
    typed = page.one(f"{call}checklist").get_text()
    assert "Dit is lang genoeg" in typed, "what was typed is still there"


def test_who_comes_second_looks_again(office: Office, desk: FlaskClient, app: Any) -> None:
    late = filled(office, desk, appeal_days="21")
    other = sign_in(app.test_client(), office.second)
    post(other, address(office), **filled(office, other, promised_hours="72"))
    page = look_at(desk, post(desk, address(office), 409, **late))
    assert "Iemand anders heeft deze instellingen intussen veranderd." in page.text
    assert page.one("#process-appeal_days")["value"] == "21"
    assert now_of(office)["appeal_days"] == 14
    page.submit("main form.form")
    assert (now_of(office)["appeal_days"], now_of(office)["promised_hours"]) == (21, 24), (
        "as it stood on the page"
    )


def test_a_call_that_came_meanwhile_is_not_forgotten(office: Office, desk: FlaskClient) -> None:
    data = filled(office, desk, promised_hours="72")
    with office.app.app_context():
        factories.a_call(db.session.get_one(Call, office.call).process, title="Nieuw")
        db.session.commit()
    post(desk, address(office), 400, **data)
    assert now_of(office)["promised_hours"] == 24


def test_a_closed_process_keeps_names_no_longer(office: Office, desk: FlaskClient) -> None:
    with office.app.app_context():
        db.session.get_one(Call, office.call).process.state = ProcessState.CLOSED
        db.session.commit()
    page = look_at(desk, post(desk, address(office), 400, **filled(office, desk, retention_months="25")))
    assert page.texts(".errors a") == [
        "Dit traject is gesloten. Namen mogen eerder weg, maar niet langer blijven staan dan 24 maanden."
    ]
    post(desk, address(office), **filled(office, desk, retention_months="12"))
    assert now_of(office)["retention_months"] == 12


def test_two_calls_are_chosen_for_each_by_itself(office: Office, desk: FlaskClient) -> None:
    with office.app.app_context():
        second = factories.a_call(db.session.get_one(Call, office.call).process, title="Voor partners").id
        db.session.commit()
    data = filled(office, desk, call_trust_after="5")
    data[f"call-{second}-argument_curation"] = "trusted"
    post(desk, address(office), **data)
    with office.app.app_context():
        rows = {
            call.id: (call.trust_after, call.argument_curation)
            for call in db.session.scalars(db.select(Call))
        }
    assert rows == {office.call: (5, Curation.REPORTED), second: (3, Curation.TRUSTED)}


@pytest.mark.one_database
@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.FACILITATOR])
def test_others_choose_nothing(office: Office, client: FlaskClient, role: Role | None) -> None:
    visitor = sign_in(client, office.person(*[role] if role else []))
    assert visitor.get(address(office)).status_code == 403
    post(visitor, address(office), 403)
    assert office.all(AuditEntry) == []


@pytest.mark.one_database
def test_the_service_refuses_others_with_a_sentence(office: Office) -> None:
    nobody = office.person()
    with office.app.test_request_context(), speaking("nl"):
        process = db.session.scalars(db.select(Process)).one()
        with pytest.raises(Exception, match="Only organisers choose"):
            moderation_rules.choose(db.session.get_one(Person, nobody), process, {}, "", "", factories.NOW)


@pytest.mark.one_database
def test_the_page_speaks_english(office: Office, desk: FlaskClient) -> None:
    page = visit(desk, f"/en{address(office)}")
    assert page.h1 == "Moderation"
    assert "When do moderators read ideas?" in page.text


@pytest.mark.one_database
def test_a_process_that_is_not_there_is_no_page(office: Office, desk: FlaskClient) -> None:
    assert desk.get("/beheer/trajecten/nergens/moderatie").status_code == 404
