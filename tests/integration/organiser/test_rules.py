"""Choosing the rules of the ranking: faults named, a line for everybody, and everything follows at once."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import gettext

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.domain.ranking import Parameters, certainty_of, theme_rankings, z_of
from app.domain.ranking.parameters import Z95
from app.features.organiser import rules, service
from app.kit.i18n import TIME_ZONE, speaking
from app.models import AuditEntry, Call, Person
from app.models.process import ProcessState
from app.records import standings
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Office

SENTENCE = "De raad koos deze regels op 3 juni."


def address(office: Office) -> str:
    with office.app.app_context():
        return f"/beheer/trajecten/{db.session.get_one(Call, office.call).process.slug}/rangschikking"


def filled(client: FlaskClient, path: str, **changes: Any) -> dict[str, Any]:
    """The form as it stands on the page, with changes."""
    page = visit(client, path, max_queries=8)
    given: dict[str, Any] = {}
    for field in page.all("main form input"):
        if field["name"] != "csrf_token" and (field.get("type") != "radio" or field.has_attr("checked")):
            given[str(field["name"])] = field.get("value", "")
    return {**given, "rules-reason": SENTENCE, **{f"rules-{name}": value for name, value in changes.items()}}


def settings(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        return dict(db.session.get_one(Call, office.call).process.ranking_settings)


def test_the_form_shows_the_rules_in_force(office: Office, desk: FlaskClient) -> None:
    given = filled(desk, address(office))
    assert [given[f"rules-weight_{group.value}"] for group in Group] == ["1", "1", "1"]
    assert (given["rules-m"], given["rules-certainty"], given["rules-half_life_days"]) == ("5", "95", "7")
    assert given["rules-weighting"] == "per_group"
    assert address(office) in visit(desk, "/beheer/trajecten").links(".panel .button")


def test_other_rules_are_kept_with_one_line_that_everybody_reads(office: Office, desk: FlaskClient) -> None:
    path = address(office)
    data = filled(
        desk,
        path,
        weight_resident="2",
        weight_council="1",
        weight_partner="1",
        m="8",
        certainty="99,5",
        half_life_days="3,5",
        weighting="per_person",
    )
    post(desk, path, **data)
    kept = settings(office)
    assert kept["weights"] == ["1/2", "1/4", "1/4"]
    assert (kept["m"], kept["half_life_days"], kept["weighting"]) == (8, 3.5, "per_person")
    assert certainty_of(kept["z"]) == 99.5
    assert "n_min" not in kept
    (line,) = office.all(AuditEntry)
    assert (line.actor_id, line.action, line.why) == (office.organiser, "ranking.set_rules", SENTENCE)
    assert line.before == {
        "weights": "1 : 1 : 1",
        "weighting": "per_group",
        "m": 5,
        "certainty": 95.0,
        "half_life_days": 7.0,
    }
    assert line.after["weights"] == "2 : 1 : 1"
    log = visit(desk, "/beheer/logboek").text
    assert "Gewicht van de groepen: 1 : 1 : 1 2 : 1 : 1" in log
    assert "Gewone manier van meetellen: Per groep Per persoon" in log
    with office.app.app_context():
        slug = db.session.get_one(Call, office.call).slug
    for public in (f"/ranglijst?oproep={slug}", f"/ranglijst/themas?oproep={slug}", path):
        assert (
            f"Gekozen door Olaf op {line.at.astimezone(ZoneInfo(TIME_ZONE)).day} " in visit(desk, public).text
        )
        assert SENTENCE in visit(desk, public).text


def test_what_is_not_touched_stays_exactly_as_it_was(office: Office, desk: FlaskClient) -> None:
    odd = {"z": 1.2345678, "weights": ["1/2", "1/3", "1/6"], "half_life_days": 2.5}
    with office.app.app_context():
        db.session.get_one(Call, office.call).process.ranking_settings = odd
        db.session.commit()
    path = address(office)
    post(desk, path, **filled(desk, path, m="6"))
    assert settings(office) == {**odd, "m": 6}
    # The same again changes nothing and leaves no second line.
    post(desk, path, **filled(desk, path))
    assert len(office.all(AuditEntry)) == 1


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *[
            (name, typed)
            for name in ("m", "k", "calm", "weight_council")
            for typed in ("", "-1", "1001", "1,5")
        ],
        *[("m", typed) for typed in ("0", "vijf", "1e3", "٥", "9" * 400)],
        *[("certainty", typed) for typed in ("49,9", "100", "95,55", "nan")],
        *[("half_life_days", typed) for typed in ("0", "0,4", "1000,5", "inf", ",5")],
        ("weighting", "per_hoofd"),
        ("reason", "te kort"),
        ("reason", "x" * 501),
    ],
)
@pytest.mark.one_database
def test_a_fault_is_named_and_nothing_changes(
    office: Office, desk: FlaskClient, name: str, typed: str
) -> None:
    path = address(office)
    page = look_at(desk, post(desk, path, 400, **filled(desk, path, **{name: typed})))
    assert page.links(".errors a") == [f"#rules-{name}"]
    assert settings(office) == {}
    assert office.all(AuditEntry) == []


@pytest.mark.one_database
def test_all_faults_come_at_once(office: Office, desk: FlaskClient) -> None:
    path = address(office)
    data = filled(desk, path, m="0", k="veel", certainty="", reason="")
    page = look_at(desk, post(desk, path, 400, **data))
    assert len(page.all("p.field__error")) == 4
    nobody = filled(desk, path, weight_resident="0", weight_council="0", weight_partner="0")
    assert "Geef ten minste één groep een gewicht boven 0." in post(desk, path, 400, **nobody).text


def test_who_was_overtaken_sees_it_and_may_go_on(office: Office, app: Flask) -> None:
    path = address(office)
    first, second = (sign_in(app.test_client(), who) for who in (office.organiser, office.second))
    late = filled(second, path, k="20")
    post(first, path, **filled(first, path, m="7"))
    page = look_at(second, post(second, path, 409, **late))
    assert "intussen veranderd" in page.text
    assert settings(office) == {"m": 7}
    again = {**late, "rules-seen": str(page.one("input[name=rules-seen]")["value"])}
    post(second, path, **again)
    assert settings(office) == {"k": 20}
    assert [line.actor_id for line in office.all(AuditEntry)] == [office.organiser, office.second]


def test_a_closed_process_keeps_its_rules(office: Office, desk: FlaskClient) -> None:
    path = address(office)
    data = filled(desk, path, m="7")
    with office.app.app_context():
        db.session.get_one(Call, office.call).process.state = ProcessState.CLOSED
        db.session.commit()
    page = visit(desk, path)
    assert "Dit traject is gesloten" in page.text
    assert not page.all("main form button")
    post(desk, path, 403, **data)
    assert settings(office) == {}


@pytest.mark.one_database
def test_the_page_warns_while_people_vote(office: Office, desk: FlaskClient) -> None:
    assert "Mensen stemmen nu" in visit(desk, address(office)).text
    with office.app.app_context():
        over = factories.a_call(open_now=False).process.slug
        db.session.commit()
    assert "Mensen stemmen nu" not in visit(desk, f"/beheer/trajecten/{over}/rangschikking").text
    visit(desk, "/beheer/trajecten/bestaat-niet/rangschikking", status=404)


def test_rankings_and_agendas_follow_at_once(make_app: Any) -> None:
    """Also where every process keeps what it read for a second."""
    app = make_app(testing=False)
    app.config["KEEP_SECONDS"] = 60.0
    office = Office(app)
    with app.app_context():
        call = db.session.get_one(Call, office.call)
        loved = factories.an_idea(call, title="Geliefd bij inwoners")
        shared = factories.an_idea(call, title="Geliefd bij de raad")
        for group, idea, heads in ((Group.RESIDENT, loved, 12), (Group.COUNCIL, shared, 9)):
            for _ in range(heads):
                factories.a_vote(idea, factories.a_person(group=group))
        db.session.commit()
        slug, version = call.slug, standings.input_version(call.id)
    client = sign_in(app.test_client(), office.organiser)
    titles = lambda: visit(client, f"/ranglijst?oproep={slug}").texts(".ranking__title")  # noqa: E731
    before = titles()
    path = address(office)
    weights = {"weight_resident": "1", "weight_council": "0", "weight_partner": "0"}
    if before[0] == "Geliefd bij inwoners":
        weights = {"weight_resident": "0", "weight_council": "1", "weight_partner": "0"}
    post(client, path, **filled(client, path, **weights))
    assert titles() == before[::-1]
    with app.app_context():
        standing = standings.read(office.call, standings.THEMES)
        assert standing is not None
        assert standing.input_version == version
        assert "1/1" in standing.data["parameters"]["weights"]


def test_rules_that_change_while_standings_are_computed_are_not_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job read the old rules; what it writes must not pass for the new."""

    def meanwhile(*given: Any, **more: Any) -> Any:
        db.session.get_one(Call, office.call).process.ranking_settings = {"m": 9}
        db.session.commit()
        return theme_rankings(*given, **more)

    with office.app.app_context():
        monkeypatch.setattr("app.records.standings.theme_rankings", meanwhile)
        standings.refresh(office.call, datetime.now(UTC))
        monkeypatch.undo()
        assert office.call in standings.out_of_date()
        standings.refresh(office.call, datetime.now(UTC))
        assert office.call not in standings.out_of_date()
        standing = standings.read(office.call, standings.THEMES)
        assert standing is not None
        assert standing.data["parameters"]["m"] == 9


@pytest.mark.parametrize("certainty", [50.0, 80.0, 90.0, 95.0, 99.0, 99.9])
def test_certainty_and_z_are_two_words_for_one_thing(certainty: float) -> None:
    assert certainty_of(z_of(certainty)) == certainty
    assert z_of(95) == Z95 == Parameters().z


def test_an_account_that_is_gone_leaves_the_line_without_its_name(office: Office, desk: FlaskClient) -> None:
    path = address(office)
    post(desk, path, **filled(desk, path, m="7"))
    with office.app.app_context():
        db.session.get_one(Person, office.organiser).name = ""
        slug = db.session.get_one(Call, office.call).slug
        db.session.commit()
    public = visit(office.app.test_client(), f"/ranglijst?oproep={slug}")
    assert "Gekozen door een organisator op" in public.text


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"m": 0}, "m, calm en half_life_days moeten meer zijn dan 0; k en z mogen niet onder 0 zijn."),
        (
            {"weights": ["1/2", "1/4", "1/8"]},
            "De gewichten van de groepen mogen niet onder 0 zijn en moeten samen",
        ),
        ({"n_min": -1}, "Een ondergrens mag niet onder 0 zijn."),
    ],
)
@pytest.mark.one_database
def test_rules_that_make_no_sense_are_refused_in_their_own_words(
    office: Office, wanted: dict[str, Any], sentence: str
) -> None:
    with office.app.app_context(), speaking("nl"):
        organiser = db.session.get_one(Person, office.organiser)
        process = db.session.get_one(Call, office.call).process
        with pytest.raises(NotAllowed) as refused:
            service.set_rules(organiser, process, wanted, rules.mark({}), SENTENCE, datetime.now(UTC))
        assert gettext(refused.value.decision.refusal).startswith(sentence)
    assert settings(office) == {}
