"""Every address times every kind of person: who comes in, who is sent to sign in, who is refused.

The tables below are the permissions of the site in one place. A new address, a changed sign or a changed answer
fails here until somebody has thought about it.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.db import Base, db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.kit.forms import csrf
from app.kit.tokens import keyed_hash, new_token
from app.models import AgendaItem, Call, ContactMessage, Idea, Person, Report, SignInCode
from app.models.argument import ArgumentState
from app.models.entry import CodeBatch, DeviceSession, Invitation, SecondFactor, TrustedDomain
from app.models.moderation import ReportReason
from app.models.person import Role
from app.models.seal import SealReason
from app.models.workshop import AgendaItemKind
from app.records import calls, seals
from tests import factories
from tests.support import provider, servers
from tests.support.page import csrf_token, sign_in

SIGNS: dict[str, tuple[str, ...]] = {
    "public": (
        "accounts.demo_post",
        "accounts.demo_sign_in",
        "accounts.enter_code",
        "accounts.open_link",
        "accounts.sign_in",
        "accounts.sign_out",
        "accounts.signed_out",
        "agenda_vote.choose",
        "codes.enter",
        "discussion.argue",
        "discussion.change",
        "discussion.mark",
        "discussion.remove",
        "discussion.reply",
        "discussion.report_argument",
        "discussion.report_idea",
        "discussion.show",
        "changes.history",
        "gatherings.download",
        "gatherings.event",
        "gatherings.events",
        "gatherings.on_paper",
        "ideas.edit",
        "ideas.index",
        "ideas.new",
        "ideas.old_address",
        "ideas.show",
        "lists.feed",
        "lists.points",
        "media.image",
        "media.poster",
        "notifications.unsubscribe",
        "offline.manifest",
        "offline.page",
        "offline.worker",
        "invitations.open",
        "pages.about",
        "pages.accessibility",
        "pages.contact",
        "pages.healthz",
        "pages.home",
        "pages.manifest",
        "pages.metrics",
        "pages.open_data",
        "pages.open_ideas",
        "pages.privacy",
        "pages.readyz",
        "pages.robots",
        "pages.rules",
        "pages.security_txt",
        "pages.sitemap",
        "partners.index",
        "partners.show",
        "practices.index",
        "practices.show",
        "practices.suggest",
        "processes.activity",
        "processes.index",
        "processes.show",
        "processes.theme",
        "processes.themes",
        "projector.screen",
        "projector.state",
        "provider.back",
        "provider.start",
        "privacy.erased",
        "ranking.explained",
        "ranking.index",
        "ranking.pictures",
        "ranking.register",
        "ranking.register_data",
        "ranking.themes",
        "second_factor.ask",
        "stands.download",
        "stands.index",
        "stands.show",
        "voting.cast",
        "workshop.index",
        "workshop.show",
        "writing.advise",
        "writing.similar",
        "writing.throw_away",
    ),
    "signed_in": (
        "accounts.choose_name",
        "accounts.end_sessions",
        "accounts.mine",
        "changes.amend",
        "changes.withdrawing",
        "devices.end",
        "devices.end_others",
        "devices.index",
        "gatherings.cancel",
        "gatherings.register",
        "ideas.withdraw",
        "notifications.follow",
        "notifications.following",
        "notifications.inbox",
        "notifications.open_message",
        "notifications.read_all",
        "notifications.settings",
        "notifications.stop",
        "notifications.wish",
        "privacy.download_html",
        "privacy.download_json",
        "privacy.erase",
        "privacy.show",
        "provider.unlink",
        "second_factor.codes",
        "second_factor.codes_as_text",
        "second_factor.mine",
        "second_factor.set_up",
        "writing.keep",
    ),
    "moderator": (
        "moderation.argument",
        "moderation.decisions",
        "moderation.hide",
        "moderation.hide_argument",
        "moderation.keep",
        "moderation.publish",
        "moderation.queue",
        "moderation.refuse",
        "moderation.report",
        "moderation.restore",
        "moderation.restore_argument",
        "moderation.return_",
        "moderation.review",
        "practices.publish",
        "practices.refuse",
        "practices.review",
        "practices.suggestions",
    ),
    "facilitator": (
        "stands.seal_workshop",
        "workshop.add_block",
        "workshop.change_block",
        "workshop.control",
        "workshop.place_theme",
        "workshop.remove_item",
        "workshop.set_minutes",
    ),
    "organiser": (
        "agenda_vote.manage",
        "agenda_vote.overview",
        "agenda_vote.set_open",
        "codes.index",
        "codes.make",
        "codes.revoke",
        "codes.show",
        "invitations.add_domain",
        "invitations.domains_index",
        "invitations.index",
        "invitations.invite",
        "invitations.remove_domain",
        "invitations.resend",
        "invitations.revoke",
        "gatherings.arrange",
        "gatherings.attach",
        "gatherings.detach",
        "gatherings.index",
        "gatherings.manage",
        "gatherings.take_list",
        "organiser.audit",
        "organiser.handle_message",
        "organiser.idea",
        "organiser.ideas",
        "organiser.inbox",
        "organiser.index",
        "organiser.processes_index",
        "organiser.reopen_message",
        "organiser.respond",
        "organiser.rules_of",
        "organiser.set_rules",
        "organiser.set_status",
        "second_factor.people",
        "second_factor.reset",
        "partners.choose_delegate",
        "partners.manage",
        "partners.overview",
        "stands.audit_file",
        "stands.cancel_plan",
        "stands.manage",
        "stands.plan",
        "stands.seal",
    ),
}

WAYS_IN = ("accounts.", "provider.", "second_factor.")
STRANGERS = ("signed out", "blocked")
KINDS = (*STRANGERS, "resident", "council", "partner", "moderator", "facilitator", "organiser", "author")
IN, SIGN_IN, REFUSED = "comes in", "is sent to sign in", "is refused"

ONLY_THE_AUTHOR = {
    **dict.fromkeys(STRANGERS, SIGN_IN),
    **dict.fromkeys(KINDS[2:], REFUSED),
    "author": IN,
}
WHO_SIGNED_IN = dict.fromkeys(STRANGERS, SIGN_IN)
NOT_THE_AUTHOR = {**WHO_SIGNED_IN, "author": REFUSED}
INSIDE: dict[tuple[str, str], dict[str, str]] = {
    # What an open door's view decides itself, because it keeps what a stranger typed, or depends on the thing.
    ("agenda_vote.choose", "POST"): WHO_SIGNED_IN,
    ("devices.end", "POST"): ONLY_THE_AUTHOR,
    ("discussion.argue", "GET"): WHO_SIGNED_IN,
    ("discussion.argue", "POST"): WHO_SIGNED_IN,
    ("discussion.change", "GET"): ONLY_THE_AUTHOR,
    ("discussion.change", "POST"): ONLY_THE_AUTHOR,
    ("discussion.mark", "POST"): WHO_SIGNED_IN,
    ("discussion.remove", "GET"): ONLY_THE_AUTHOR,
    ("discussion.remove", "POST"): ONLY_THE_AUTHOR,
    ("discussion.reply", "GET"): WHO_SIGNED_IN,
    ("discussion.reply", "POST"): WHO_SIGNED_IN,
    ("discussion.report_argument", "GET"): NOT_THE_AUTHOR,
    ("discussion.report_argument", "POST"): NOT_THE_AUTHOR,
    ("discussion.report_idea", "GET"): NOT_THE_AUTHOR,
    ("discussion.report_idea", "POST"): NOT_THE_AUTHOR,
    ("ideas.edit", "GET"): ONLY_THE_AUTHOR,
    ("ideas.edit", "POST"): ONLY_THE_AUTHOR,
    ("ideas.withdraw", "POST"): ONLY_THE_AUTHOR,
    ("changes.amend", "GET"): ONLY_THE_AUTHOR,
    ("changes.amend", "POST"): ONLY_THE_AUTHOR,
    ("changes.withdrawing", "GET"): ONLY_THE_AUTHOR,
    ("voting.cast", "POST"): WHO_SIGNED_IN,
}


@dataclass
class World:
    """What stands in the places of addresses: fresh for every request, by the author whom the tests know."""

    author: Person

    def values(self, endpoint: str) -> dict[str, Any]:
        """The places of an address filled in so that the view has something to do."""
        room, _dot, view = endpoint.partition(".")
        if endpoint == "devices.end":
            return {"session_id": self._session()}
        if endpoint in ("accounts.demo_sign_in", "accounts.open_link"):
            return {"person_id": self._demo_person(), "token": "geen-echte-sleutel"}
        if room == "second_factor":
            return {"person_id": self._with_second_factor()}
        if room in ("codes", "invitations"):
            return self._way_in()
        if room == "moderation":
            return self._for_moderators(view)
        if room == "agenda_vote":
            return {"call_id": self._open_agenda_vote()}
        if endpoint.startswith("processes.") or room in ("partners", "practices"):
            return self._of_a_process(room, view)
        if room in ("workshop", "projector"):
            workshop = factories.a_workshop(factories.a_call())
            item = AgendaItem(
                workshop_id=workshop.id, kind=AgendaItemKind.BREAK, title="Pauze", minutes=15, position=1
            )
            db.session.add(item)
            db.session.flush()
            return {"workshop_id": workshop.id, "item_id": item.id}
        if room == "stands":
            return self._of_a_standing()
        if room == "notifications":
            return {"what": "idee", "number": self._idea().id, "token": "geen-echte-sleutel"}
        if room == "organiser":
            message = ContactMessage(body="Een vraag over het traject.", created_at=datetime.now(UTC))
            db.session.add(message)
            db.session.flush()
            idea = self._idea()
            return {"idea_id": idea.id, "message_id": message.id, "slug": idea.call.process.slug}
        if endpoint == "media.image":
            return {
                "idea_id": factories.an_image(self._idea()).idea_id,
                "key": factories.IMAGE_KEY,
                "width": 480,
            }
        if endpoint in ("ideas.edit", "ideas.withdraw"):
            return {"idea_id": self._idea(IdeaState.DRAFT).id}
        idea = self._idea()
        return {"idea_id": idea.id, "argument_id": factories.an_argument(idea, self.author).id}

    def _way_in(self) -> dict[str, Any]:
        """A batch of voting codes, an invitation that waits and a mail domain."""
        now = datetime.now(UTC)
        call, later = factories.a_call(), now + timedelta(days=1)
        token = new_token()
        made: dict[str, Any] = {
            "batch_id": CodeBatch(call_id=call.id, count=1, created_at=now, expires_at=later),
            "invitation_id": Invitation(
                email=f"{token[:20].lower()}@voorbeeld.example",
                group=Group.COUNCIL,
                token_hash=keyed_hash("invitation", token),
                created_at=now,
                expires_at=later,
            ),
            "domain_id": TrustedDomain(domain=f"{call.slug}.example", group=Group.COUNCIL, created_at=now),
        }
        db.session.add_all(made.values())
        db.session.flush()
        return {**{place: thing.id for place, thing in made.items()}, "token": token}

    def _idea(self, state: IdeaState = IdeaState.PUBLISHED) -> Idea:
        return factories.an_idea(author=self.author, state=state)

    def _open_agenda_vote(self) -> int:
        """The main call, in which people can tick themes."""
        main = calls.main_call()
        call = db.session.get_one(Call, main.id) if main else factories.a_call()
        call.agenda_ballot = True
        db.session.flush()
        return call.id

    def _session(self) -> int:
        """One of the author on another device."""
        now = datetime.now(UTC)
        session = DeviceSession(
            person_id=self.author.id, key_hash=secrets.token_hex(32), created_at=now, seen_at=now
        )
        db.session.add(session)
        db.session.flush()
        return session.id

    def _demo_person(self) -> int:
        return factories.a_person(demo_order=1).id

    def _with_second_factor(self) -> int:
        person, now = factories.a_person(), datetime.now(UTC)
        db.session.add(SecondFactor(person_id=person.id, secret=b"", created_at=now, confirmed_at=now))
        return person.id

    def _for_moderators(self, view: str) -> dict[str, Any]:
        waiting = {"publish", "refuse", "return_", "review"}
        states = {"restore": IdeaState.HIDDEN, **dict.fromkeys(waiting, IdeaState.SUBMITTED)}
        idea = self._idea(states.get(view, IdeaState.PUBLISHED))
        hidden = ArgumentState.HIDDEN if view == "restore_argument" else ArgumentState.PUBLISHED
        argument = factories.an_argument(idea, self.author, state=hidden)
        report = Report(
            idea_id=idea.id,
            reporter_id=factories.a_person().id,
            reason=ReportReason.INSULT,
            created_at=datetime.now(UTC),
        )
        db.session.add(report)
        db.session.flush()
        return {"idea_id": idea.id, "argument_id": argument.id, "report_id": report.id}

    def _of_a_standing(self) -> dict[str, Any]:
        call, now = factories.a_call(), datetime.now(UTC)
        workshop = factories.a_workshop(call)
        db.session.commit()
        snapshot = seals.seal(call.id, SealReason.WORKSHOP, now, workshop_id=workshop.id)
        plan = seals.plan(call.id, now + timedelta(days=1), now)
        return {"snapshot_id": snapshot.id, "plan_id": plan.id, "workshop_id": workshop.id}

    def _of_a_process(self, room: str, view: str) -> dict[str, Any]:
        process = factories.a_process()
        if room == "partners":
            return {"slug": factories.an_organisation(verified_at=datetime.now(UTC)).slug}
        if room == "practices":
            if view in ("publish", "refuse", "review"):
                return {"practice_id": factories.a_suggestion(process, self.author).id}
            return {"slug": factories.a_practice(process).slug}
        call = factories.a_call(process)
        theme = factories.a_theme(process)
        factories.an_idea(call, self.author, themes=[theme])
        activity = factories.an_activity(process)
        return {"slug": process.slug, "theme_id": theme.id, "activity_id": activity.id}


@pytest.fixture
def demo(make_app: Callable[..., Flask]) -> Flask:
    """The site with every door it can have; the sign-in provider is known, but not there."""
    return make_app(DEMO="1", **provider.settings(f"http://127.0.0.1:{servers.free_port()}"))


@pytest.fixture
def people(demo: Flask) -> dict[str, int]:
    """One person of every kind."""
    with demo.app_context():
        factories.a_call()
        made = {
            "blocked": factories.a_person(Role.ORGANISER, Role.MODERATOR, blocked_at=datetime.now(UTC)),
            "resident": factories.a_person(),
            "council": factories.a_person(group=Group.COUNCIL),
            "partner": factories.a_person(
                group=Group.PARTNER, organisation_id=factories.an_organisation().id, is_delegate=True
            ),
            "moderator": factories.a_person(Role.MODERATOR),
            "facilitator": factories.a_person(Role.FACILITATOR),
            "organiser": factories.a_person(Role.ORGANISER),
            "author": factories.a_person(),
        }
        db.session.commit()
        return {kind: person.id for kind, person in made.items()}


def visitor(app: Flask, people: dict[str, int], kind: str) -> FlaskClient:
    """A fresh browser of somebody of this kind."""
    client = app.test_client()
    if kind == "signed out":
        return client
    if kind == "blocked":
        with blocking_lifted(app, people[kind]):
            return sign_in(client, people[kind])
    return sign_in(client, people[kind])


@contextmanager
def blocking_lifted(app: Flask, number: int) -> Iterator[None]:
    """Somebody who signed in first and was blocked afterwards."""
    for moment in (None, datetime.now(UTC)):
        with app.app_context():
            db.session.get_one(Person, number).blocked_at = moment
            db.session.commit()
        if moment is None:
            yield


def doors_of(app: Flask) -> list[tuple[str, str]]:
    """Every (endpoint, method) of the site."""
    found = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return sorted(found)


def address_of(app: Flask, endpoint: str, people: dict[str, int]) -> str:
    """The address with something new in its places."""
    with app.app_context():
        values = World(db.session.get_one(Person, people["author"])).values(endpoint)
        db.session.commit()
    rule = next(rule for rule in app.url_map.iter_rules(endpoint))
    adapter = app.url_map.bind("localhost")
    return adapter.build(endpoint, {place: values[place] for place in rule.arguments})


def outcome(response: TestResponse) -> str:
    """What happened to the visitor, as seen from outside."""
    if response.status_code in (301, 302, 303, 307, 308):
        return SIGN_IN if response.headers["Location"].partition("?")[0] == "/inloggen" else IN
    if response.status_code == 403:
        return REFUSED
    return (
        IN if response.status_code in (200, 204, 304, 400, 409, 410, 502) else f"gets {response.status_code}"
    )


def expected(endpoint: str, method: str, sign: str, kind: str) -> str:
    """What the tables above say."""
    inside = INSIDE.get((endpoint, method), {})
    if kind in inside:
        return inside[kind]
    if sign == "public":
        return IN
    if kind in STRANGERS:
        return SIGN_IN
    return IN if sign in ("signed_in", kind) else REFUSED


def test_every_sign_is_the_one_we_agreed_on(demo: Flask) -> None:
    agreed = {endpoint: sign for sign, endpoints in SIGNS.items() for endpoint in endpoints}
    hung = {endpoint: getattr(view, "__door__", "no sign") for endpoint, view in demo.view_functions.items()}
    assert hung == agreed


@pytest.mark.parametrize("kind", KINDS)
def test_who_comes_in_where(demo: Flask, people: dict[str, int], kind: str) -> None:
    wrong = []
    for endpoint, method in doors_of(demo):
        sign = getattr(demo.view_functions[endpoint], "__door__", "no sign")
        address = address_of(demo, endpoint, people)
        client = visitor(demo, people, kind)
        if method == "GET":
            response = client.get(address)
        else:
            response = client.open(address, method=method, data={"csrf_token": csrf_token(client)})
        found, wanted = outcome(response), expected(endpoint, method, sign, kind)
        if endpoint.startswith(WAYS_IN) and found == SIGN_IN and sign == "public":
            found = IN  # the way in itself leads to the sign-in page
        if found != wanted:
            wrong.append(f"{method} {address} ({endpoint}): {kind} {found}, but the table says {wanted}")
    assert not wrong, "\n".join(wrong)


def test_a_view_without_a_sign_stays_closed_to_all(demo: Flask, people: dict[str, int]) -> None:
    demo.add_url_rule("/vergeten", "pages.forgotten", lambda: "wide open")
    for kind in KINDS:
        response = visitor(demo, people, kind).get("/vergeten")
        assert response.status_code == 403, kind
        assert b"wide open" not in response.get_data()


def test_what_nobody_knows_is_not_found(demo: Flask, people: dict[str, int]) -> None:
    for kind in KINDS:
        client = visitor(demo, people, kind)
        assert client.get("/bestaat-niet").status_code == 404
        assert client.get("/moderatie/bestaat-niet").status_code == 404
        assert client.get("/ideeen/99999999").status_code == 404
        assert client.get("/ideeen/" + "9" * 30).status_code == 404


GOOD_IDEA = {
    "title": "Meer bankjes langs de Maas",
    "summary": "Zet bankjes langs de Maas, om de paar honderd meter.",
    "body": "Wie slecht loopt kan dan toch langs het water komen. Nu is er nergens een plek om te rusten.",
    "action": "send",
}
CHECKS_ITSELF: dict[str, dict[str, str]] = {
    # Views that look at the token themselves, to hand back what was typed; each with a form that is good but for it.
    "agenda_vote.choose": {"action": "save"},
    "discussion.argue": {"side": "for", "body": "Dit argument is lang genoeg om te mogen staan."},
    "discussion.change": {"body": "Deze tekst is lang genoeg om te mogen staan."},
    "discussion.mark": {"mark": "1"},
    "discussion.remove": {},
    "discussion.reply": {"body": "Deze reactie is lang genoeg om te mogen staan."},
    "discussion.report_argument": {"reason": "insult", "explanation": ""},
    "discussion.report_idea": {"reason": "insult", "explanation": ""},
    "changes.amend": {**GOOD_IDEA, "reason": "Er kwam een vraag over de plek."},
    "ideas.edit": GOOD_IDEA,
    "ideas.new": GOOD_IDEA,
    "practices.suggest": {
        "title": "Lantaarns die meedenken",
        "level": "city",
        "place": "Eindhoven",
        "done": "De lampen branden zacht zolang er niemand is, en gaan aan voor wie voorbijkomt.",
    },
    "notifications.unsubscribe": {},
    "voting.cast": {"choice": "for"},
}


OF_THE_AUTHOR = {"changes.amend", "ideas.edit", "discussion.change", "discussion.remove"}
"""Forms that only the author gets."""


def rows(app: Flask) -> dict[str, int]:
    """How many rows each table has."""
    with app.app_context():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_only_these_views_look_at_the_token_themselves(demo: Flask) -> None:
    exempt = {
        endpoint
        for endpoint, view in demo.view_functions.items()
        if f"{view.__module__}.{view.__name__}" in csrf._exempt_views
    }
    assert exempt == set(CHECKS_ITSELF)
    assert not csrf._exempt_blueprints


@pytest.mark.parametrize("token", ["", "een.valse.sleutel"], ids=["without", "with a false"])
def test_nothing_is_written_without_a_good_token(demo: Flask, people: dict[str, int], token: str) -> None:
    with demo.app_context():
        person = db.session.get_one(Person, people["author"])
        everything = factories.a_person(Role.MODERATOR, Role.FACILITATOR, Role.ORGANISER)
        db.session.commit()
        everybody, author = everything.id, person.id
    wrong = []
    for endpoint, method in doors_of(demo):
        if method == "GET":
            continue
        address = address_of(demo, endpoint, people)
        client = sign_in(demo.test_client(), author if endpoint in OF_THE_AUTHOR else everybody)
        before = rows(demo)
        data = {**CHECKS_ITSELF.get(endpoint, {"sentence": "Een zin die lang genoeg is."})}
        if token:
            data["csrf_token"] = token
        response = client.open(address, method=method, data=data)
        if response.status_code != 400 or rows(demo) != before:
            wrong.append(f"{method} {address} ({endpoint}) answered {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_form_from_another_site_is_not_obeyed(demo: Flask, people: dict[str, int]) -> None:
    """Also not for a stranger, whose text would be kept and put before them after signing in."""
    for endpoint, data in CHECKS_ITSELF.items():
        address = address_of(demo, endpoint, people)
        before = rows(demo)
        client = demo.test_client()
        client.post(address, data=data, headers={"Origin": "http://kwaad.example"})
        assert rows(demo) == before, endpoint
        with client.session_transaction() as held:
            assert "draft" not in held, endpoint


SETS_A_COOKIE = {"accounts.sign_in", "agenda_vote.choose", "ideas.new", "pages.contact", "practices.suggest"}
"""Pages with a form that a stranger can send: the token needs a session."""


def test_reading_signed_out_sets_no_cookie_and_shows_everybody_the_same(
    demo: Flask, people: dict[str, int]
) -> None:
    wrong = []
    for endpoint, method in doors_of(demo):
        if method != "GET" or endpoint in SETS_A_COOKIE:
            continue
        address = address_of(demo, endpoint, people)
        first, second = (demo.test_client().get(address) for _visitor in range(2))
        if "Set-Cookie" in first.headers and outcome(first) != SIGN_IN:
            wrong.append(f"{address} ({endpoint}) sets a cookie")
        if first.status_code == 200 and first.get_data() != second.get_data():
            wrong.append(f"{address} ({endpoint}) differs between two visitors")
    assert not wrong, "\n".join(wrong)


def test_an_open_link_page_sets_a_cookie_only_when_it_has_a_button(demo: Flask) -> None:
    assert "Set-Cookie" not in demo.test_client().get("/inloggen/link/geen-echte-sleutel").headers
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInCode)) == 0


def test_a_session_of_staff_that_slept_is_a_stranger(demo: Flask, people: dict[str, int]) -> None:
    client = visitor(demo, people, "organiser")
    with client.session_transaction() as held:
        held["seen"] = int((datetime.now(UTC) - timedelta(minutes=31)).timestamp())
    assert outcome(client.get("/beheer")) == SIGN_IN
