"""Fetch pages as a visitor does, with an inspection at every visit, and send the forms that stand on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import has_app_context, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from app.db import db
from app.kit.identity import end_session, start_session
from app.models.person import Person
from tests.support.inspection import faults
from tests.support.statements import statements


@dataclass
class Page:
    """A page that was fetched and found good."""

    client: FlaskClient
    response: TestResponse
    path: str
    queries: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.html = self.response.get_data(as_text=True)
        self.soup = BeautifulSoup(self.html, "html.parser")

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What can be read in the main part, with single spaces."""
        return " ".join((self.soup.main or self.soup).get_text(" ").split())

    @property
    def h1(self) -> str:
        """The heading of the page."""
        return self.soup.h1.get_text(" ", strip=True) if self.soup.h1 else ""

    def all(self, selector: str) -> list[Tag]:
        """The elements that a CSS selector finds."""
        return list(self.soup.select(selector))

    def one(self, selector: str) -> Tag:
        """The only element that a CSS selector finds."""
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} elements instead of one for {selector!r} on {self.path}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """What stands in each element that a CSS selector finds."""
        return [" ".join(tag.get_text(" ").split()) for tag in self.soup.select(selector)]

    def links(self, selector: str = "a") -> list[str]:
        """The addresses of the links that a CSS selector finds."""
        return [str(tag["href"]) for tag in self.soup.select(selector) if tag.get("href")]

    def follow(self, selector: str) -> "Page":
        """Visit the address of the only link that a CSS selector finds."""
        return visit(self.client, _path(str(self.one(selector)["href"])))

    def submit(
        self,
        selector: str,
        data: Mapping[str, object] | None = None,
        *,
        button: str | None = None,
        **fields: object,
    ) -> TestResponse:
        """Send the only form that the selector finds as a browser without scripts would, some fields set.

        `button` is the value of the button that is pressed, if there are several. No redirect is followed.
        """
        form = self.one(selector)
        given = {**(data or {}), **fields}
        values = _values(form, button)
        for name in given:
            known = form.select(f'[name="{name}"]') or self.soup.select(
                f'[name="{name}"][form="{form.get("id")}"]'
            )
            assert known, f"no field {name!r} in {selector!r} on {self.path}"
        values.update({name: value for name, value in given.items() if value is not None})
        for name in [name for name, value in given.items() if value is None]:
            values.pop(name, None)
        address = _path(str(form.get("action") or self.path))
        if str(form.get("method") or "get").lower() == "get":
            return self.client.get(address, query_string=values)
        return self.client.post(address, data=values)


def visit(client: FlaskClient, path: str, status: int = 200, max_queries: int | None = None) -> Page:
    """Fetch a page and inspect it. `max_queries` is the number of SQL statements it may take."""
    with statements() as sent:
        response = client.get(path)
    assert response.status_code == status, (
        f"{path} answered {response.status_code} instead of {status} "
        f"(to {response.headers.get('Location', 'nowhere')}): {response.get_data(as_text=True)[:400]}"
    )
    page = look_at(client, response, path)
    page.queries = sent
    if max_queries is not None and len(sent) > max_queries:
        listed = "\n".join(f"{number}. {statement[:300]}" for number, statement in enumerate(sent, 1))
        raise AssertionError(
            f"{path} took {len(sent)} statements instead of {max_queries} at most:\n{listed}"
        )
    return page


def look_at(client: FlaskClient, response: TestResponse, path: str = "") -> Page:
    """Inspect a page that was fetched in another way, such as the answer to a form with faults in it."""
    path = path or response.request.path
    assert response.mimetype == "text/html", f"{path} is {response.mimetype}"
    language = "en" if path.startswith("/en/") or path == "/en" else "nl"
    page = Page(client, response, path)
    found = faults(page.html, language, page.soup)
    assert not found, f"{path}:\n- " + "\n- ".join(found)
    return page


def post(client: FlaskClient, path: str, status: int = 303, /, **data: object) -> TestResponse:
    """Send a form without visiting its page first; the CSRF token is a good one."""
    response = client.post(path, data={"csrf_token": csrf_token(client), **data})
    assert response.status_code == status, (
        f"{path} answered {response.status_code} instead of {status}: {response.get_data(as_text=True)[:400]}"
    )
    return response


def csrf_token(client: FlaskClient) -> str:
    """A token that goes with the session of this client."""
    with client.session_transaction() as held, client.application.test_request_context():
        session.update(held)
        token: str = generate_csrf()
        held.update(session)
    return token


def sign_in(client: FlaskClient, person: Person | int) -> FlaskClient:
    """Give the client a session of this person, started as the site itself starts one."""
    number = person if isinstance(person, int) else person.id
    _let_go()
    with client.session_transaction() as held, client.application.test_request_context(method="POST"):
        found = db.session.get(Person, number)
        assert found is not None, f"nobody has number {person}"
        session.update(held)  # what the session carries into a signed-in one stays
        start_session(found, second_step=True)
        held.clear()
        held.update(session)
        db.session.rollback()
    return client


def sign_out(client: FlaskClient) -> FlaskClient:
    """End the session of this client."""
    _let_go()
    with client.session_transaction() as held, client.application.test_request_context(method="POST"):
        end_session()
        held.clear()
    return client


def _let_go() -> None:
    """A session that begins or ends is written down: the test holds no lock meanwhile."""
    if has_app_context():
        db.session.commit()


def _values(form: Tag, button: str | None) -> dict[str, object]:
    """What a browser would send for the form as it stands."""
    values: dict[str, object] = {}
    for field_ in form.find_all(["input", "select", "textarea", "button"]):
        name, kind = field_.get("name"), str(field_.get("type") or "")
        if not name or field_.has_attr("disabled"):
            continue
        value: object = str(field_.get("value") or "")
        if field_.name == "button" or kind in ("submit", "image", "reset", "button", "file"):
            if kind in ("reset", "button", "file") or button is None or field_.get("value") != button:
                continue
        elif kind in ("checkbox", "radio"):
            if not field_.has_attr("checked"):
                continue
            value = str(field_.get("value") or "on")
        elif field_.name == "textarea":
            value = field_.get_text().removeprefix("\r").removeprefix("\n")
        elif field_.name == "select":
            first = [] if field_.has_attr("multiple") else field_.select("option")[:1]
            chosen = field_.select("option[selected]") or first
            value = [str(option.get("value", option.get_text())) for option in chosen]
        if kind in ("checkbox", "hidden") and str(name) in values:
            already = values[str(name)]
            value = [*already, value] if isinstance(already, list) else [already, value]
        values[str(name)] = value
    return values


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
