"""People from the command line: made, listed and let in; a refusal is one sentence and changes nothing."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.models.audit import AuditEntry
from app.models.person import Person, SignInCode
from tests import factories
from tests.support.page import visit

NEW = ("people", "create", "--email", "Rob@Stad.example", "--name", "Rob  Raadslid")


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.stdout, result.stderr


def refused(app: Flask, *words: str) -> str:
    """The sentence of a command that says no."""
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Person))
    code, out, said = run(app, *words)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == before
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    assert (code, out) == (2, "")
    assert len(said.strip().splitlines()) == 1
    return said.strip()


def test_a_council_member_with_roles(app: Flask) -> None:
    code, out, _said = run(app, *NEW, "--group", "council", "--role", "organiser", "--role", "moderator")
    assert (code, out) == (0, "Made person 1: Rob Raadslid, council, moderator, organiser.\n")
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        assert person.email == "rob@stad.example"
        assert person.group == Group.COUNCIL
        assert person.is_moderator
        assert person.is_organiser
        assert person.confirmed_at is not None
        line = db.session.scalars(select(AuditEntry)).one()
        assert (line.action, line.actor_id, line.subject_id) == ("accounts.create", None, person.id)
        assert line.after["roles"] == ["moderator", "organiser"]
        assert "rob@stad.example" not in str(line.after)


def test_a_delegate_of_a_partner(app: Flask) -> None:
    with app.app_context():
        factories.an_organisation(slug="zuyd", name="Zuyd Hogeschool")
        db.session.commit()
    code, out, _said = run(app, *NEW, "--group", "partner", "--organisation", "zuyd", "--delegate")
    assert (code, out) == (0, "Made person 1: Rob Raadslid, partner, delegate of Zuyd Hogeschool.\n")
    second = ("people", "create", "--email", "b@stad.example", "--name", "Bo", "--group", "partner")
    code, _out, said = run(app, *second, "--organisation", "zuyd", "--delegate")
    assert (code, said) == (2, "Zuyd Hogeschool has a delegate already: Rob Raadslid.\n")
    assert run(app, *second, "--organisation", "zuyd")[0] == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--email", "rob"), "'rob' is not an e-mail address."),
        (("--name", " x "), "A name has 2 to 80 characters."),
        (("--group", "mayor"), "There is no group 'mayor'. Choose resident, council or partner."),
        (("--role", "boss"), "There is no role 'boss'. Choose moderator, facilitator or organiser."),
        (("--language", "fr"), "The site does not speak 'fr'. Choose nl or en."),
        (
            ("--group", "partner"),
            "A partner speaks for an organisation: add --organisation with its short name.",
        ),
        (
            ("--group", "partner", "--organisation", "nope"),
            "There is no organisation 'nope'. There is: none yet.",
        ),
        (("--organisation", "zuyd"), "Only a partner has an organisation: add --group partner."),
        (("--delegate",), "Only a partner has an organisation: add --group partner."),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.one_database
def test_what_cannot_be_made_is_refused(app: Flask, more: tuple[str, ...], sentence: str) -> None:
    assert refused(app, *NEW, *more) == sentence


def test_an_address_has_one_account(app: Flask) -> None:
    with app.app_context():
        factories.a_person(email="rob@stad.example")
        db.session.commit()
    assert refused(app, *NEW) == "There is a person with the address rob@stad.example already."


@pytest.mark.one_database
def test_a_missing_option_ends_with_two(app: Flask) -> None:
    assert run(app, "people", "create", "--email", "rob@stad.example")[0] == 2


def test_a_login_link_lets_in_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_person(email="rob@stad.example", name="Rob", language="en")
        db.session.commit()
    code, out, _said = run(app, "people", "login-link", "--email", "ROB@stad.example")
    assert code == 0
    assert out.startswith("http://localhost/en/inloggen/link/")
    path = urlsplit(out.strip()).path
    visit(client, path).submit("main form.form")
    assert visit(client, "/mijn").h1 == "Rob"
    assert visit(app.test_client(), path, 410).h1 == "This mail has been used"
    with app.app_context():
        assert db.session.scalars(select(AuditEntry.action)).all() == ["accounts.login_link"]


def test_a_login_link_only_for_somebody_who_may_come_in(app: Flask) -> None:
    with app.app_context():
        factories.a_person(email="weg@stad.example", blocked_at=factories.NOW)
        db.session.commit()
    link = ("people", "login-link", "--email")
    assert refused(app, *link, "niemand@stad.example").startswith(
        "Nobody has the address niemand@stad.example."
    )
    assert refused(app, *link, "weg@stad.example") == "The account of weg@stad.example is blocked."
    assert refused(app, *link, "x") == "'x' is not an e-mail address."
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInCode)) == 0


def test_the_list_says_who_is_who(app: Flask) -> None:
    run(app, *NEW, "--role", "organiser")
    with app.app_context():
        factories.a_person(email="inge@stad.example", name="Inge", blocked_at=factories.NOW)
        factories.a_person(email=None, name="Imported")
        db.session.commit()
    assert run(app, "people", "list") == (
        0,
        "1\trob@stad.example\tresident, organiser\tRob Raadslid\n"
        "2\tinge@stad.example\tresident, blocked\tInge\n",
        "",
    )
    assert run(app, "people", "list", "--staff")[1].count("\n") == 1
