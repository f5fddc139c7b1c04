"""An evening in browsers: the facilitator leads, phones follow by themselves and vote, with scripts and without."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update

from app.db import db
from app.models import Attendee, Round, RoundOption, RoundVote, Workshop
from app.models.person import Role
from app.models.room import RoundKind, RoundState
from tests.support.browsing import Site

pytestmark = pytest.mark.browser
CODE = "SLIM26"
CALM = 20_000
"""Milliseconds in which answers of others arrive: phones fetch them every four to eight seconds."""


@pytest.fixture
def workshop(site: Site) -> Iterator[int]:
    """The workshop of the demo that is still to come, with nobody in it and no round opened, before and after."""
    number = int(site.first(select(Workshop.id).where(Workshop.join_code == CODE)))

    def tidy() -> None:
        with site.app.app_context():
            ours = select(Round.id).where(Round.workshop_id == number)
            db.session.execute(delete(RoundVote).where(RoundVote.round_id.in_(ours)))
            db.session.execute(
                delete(RoundOption).where(
                    RoundOption.round_id.in_(ours), RoundOption.attendee_id.is_not(None)
                )
            )
            db.session.execute(delete(Attendee).where(Attendee.workshop_id == number))
            db.session.execute(
                update(Round).where(Round.workshop_id == number).values(state=RoundState.PLANNED, reopened=0)
            )
            db.session.execute(update(Workshop).where(Workshop.id == number).values(doors_until=None))
            db.session.commit()

    tidy()
    yield number
    tidy()


def desk_of(site: Site, page: Page, workshop: int) -> Page:
    """The facilitator, with the doors open."""
    site.sign_in(page, site.person(role=Role.FACILITATOR)).goto(f"/werkateliers/{workshop}/zaal")
    page.get_by_role("button", name="Open de deuren nu").click()
    expect(page.get_by_text("Mensen kunnen zich melden.")).to_be_visible()
    page.goto(f"/werkateliers/{workshop}/rondes")
    return page


def come_in(page: Page, badge: str = "Groene badge") -> Page:
    """Check in with the code."""
    page.goto("/doe-mee")
    page.get_by_label("De code op het scherm").fill("slim 26")
    page.get_by_role("button", name="Ga verder").or_(page.locator("form.join button")).first.click()
    page.get_by_label(re.compile(badge)).check()
    page.get_by_role("button", name="Meld je in de zaal").click()
    expect(page.get_by_text("Je bent binnen").or_(page.locator(".phone__options"))).to_be_visible()
    return page


def step(desk: Page, name: str, question: str) -> None:
    """Press the next step of a round."""
    line = desk.locator(".rounds__item", has_text=question)
    line.get_by_role("button", name=name, exact=True).click()


def round_of(site: Site, workshop: int, kind: RoundKind) -> tuple[int, str]:
    with site.app.app_context():
        row = db.session.execute(
            select(Round.id, Round.question).where(Round.workshop_id == workshop, Round.kind == kind)
        ).one()
        db.session.rollback()
    return row[0], row[1]


def votes(site: Site, number: int) -> list[int]:
    with site.app.app_context():
        found = list(db.session.scalars(select(RoundVote.value).where(RoundVote.round_id == number)))
        db.session.rollback()
    return sorted(found)


def test_a_round_from_opening_to_result(site: Site, new_page: Callable[..., Page], workshop: int) -> None:
    number, question = round_of(site, workshop, RoundKind.AGREE)
    desk = desk_of(site, new_page(), workshop)
    phone, plain = come_in(new_page(width=390, height=844)), come_in(new_page(width=320, javascript=False))
    step(desk, "Open", question)
    expect(phone.get_by_role("heading", name=question)).to_be_visible()
    first = phone.locator(".phone__option").first
    first.get_by_role("button", name=re.compile("^Eens")).click()
    expect(phone.locator(".phone__option").first.locator('[aria-pressed="true"]')).to_contain_text("Eens")
    expect(phone.get_by_role("status").filter(has_text="Bewaard.")).to_be_attached()
    expect(phone.locator("[data-voters]")).to_have_text("1 persoon heeft gestemd.")
    assert votes(site, number) == [1]
    plain.reload()
    plain.locator(".phone__option").first.get_by_role("button", name=re.compile("^Oneens")).click()
    expect(plain.locator('[aria-pressed="true"]')).to_contain_text("Oneens")
    expect(phone.locator("[data-voters]")).to_have_text("2 mensen hebben gestemd.")
    step(desk, "Sluit", question)
    expect(phone.get_by_text("Deze ronde is gesloten.")).to_be_visible()
    step(desk, "Toon de uitslag", question)
    expect(phone.locator(".room-figures")).to_be_visible()
    expect(phone.locator(".room-figures")).to_contain_text("Gestemd in de zaal, met de telefoon: 2 mensen.")
    assert votes(site, number) == [-1, 1]


def test_dots_are_given_and_taken_back(site: Site, new_page: Callable[..., Page], workshop: int) -> None:
    number, question = round_of(site, workshop, RoundKind.DOTS)
    desk = desk_of(site, new_page(), workshop)
    phone = come_in(new_page(width=390, height=844))
    step(desk, "Open", question)
    more = phone.get_by_role("button", name=re.compile("Eén stip meer")).first
    for left in (2, 1, 0):
        more.click()
        expect(phone.locator("#dots-left")).to_contain_text(f"nog {left} stip")
    expect(more).to_be_disabled()
    assert votes(site, number) == [3]
    phone.get_by_role("button", name=re.compile("Eén stip minder")).first.click()
    expect(phone.locator("#dots-left")).to_contain_text("nog 1 stip")
    assert votes(site, number) == [2]


def test_an_answer_of_another_comes_in_while_somebody_types(
    site: Site, new_page: Callable[..., Page], workshop: int
) -> None:
    number, question = round_of(site, workshop, RoundKind.OPEN)
    desk = desk_of(site, new_page(), workshop)
    one, other = come_in(new_page(width=390)), come_in(new_page(width=390))
    step(desk, "Open", question)
    one.get_by_label("Je antwoord").fill("Ik ben nog aan het")
    other.get_by_label("Je antwoord").fill("Meer bomen")
    other.get_by_role("button", name="Verstuur").click()
    expect(other.get_by_label("Je antwoord")).to_have_value("")
    expect(one.locator(".phone__option")).to_contain_text("Meer bomen", timeout=CALM)
    expect(one.get_by_label("Je antwoord")).to_have_value("Ik ben nog aan het")
    expect(one.get_by_label("Je antwoord")).to_be_focused()
    one.get_by_role("button", name=re.compile("Ik steun dit")).click()
    expect(one.get_by_role("button", name=re.compile("Je steunt dit"))).to_be_visible()
    assert votes(site, number) == [1, 1]
