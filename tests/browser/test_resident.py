"""A resident reads, looks for ideas, signs in, votes, posts and argues; with scripts, and the core without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import db
from app.domain.ballot import VoteValue
from app.domain.lifecycle import IdeaState
from app.models import Call, Idea
from tests.support import journey
from tests.support.browsing import Complaints, Site

pytestmark = pytest.mark.browser
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
PHONE = {"width": 390, "height": 844}
INGE = "inge.inwoner@voorbeeld.example"


def ideas_of_others(site: Site, skip: int = 0) -> list[int]:
    """Published ideas of the call that is open, most discussed first."""
    with site.app.app_context():
        found = db.session.scalars(
            select(Idea.id)
            .join(Call)
            .where(Idea.state == IdeaState.PUBLISHED, Call.slug == "waar-moet-maastricht-slim-in-zijn")
            .order_by(Idea.argument_count.desc(), Idea.id)
        ).all()
        db.session.rollback()
    return list(found)[skip:]


@SCRIPTS
def test_reading_asks_for_no_account_and_leaves_no_cookie(
    new_page: Callable[..., Page], javascript: bool
) -> None:
    page = new_page(**PHONE, javascript=javascript)
    page.goto("/")
    page.locator("main").get_by_role("link", name=re.compile("ideeën", re.I)).first.click()
    page.locator(".idea-card h3 a").first.click()
    expect(page.locator("section.ballot")).to_be_visible()
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_role("link", name="Ranglijst").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for address in ("/themas", "/praktijk", "/partners", "/over", "/privacy"):
        assert page.goto(address).status == 200  # type: ignore[union-attr]
    assert page.context.cookies() == []


@SCRIPTS
def test_ideas_are_found_by_word_theme_and_order(new_page: Callable[..., Page], javascript: bool) -> None:
    page = new_page(**PHONE, javascript=javascript)
    page.goto("/ideeen")
    page.get_by_role("searchbox", name="Zoek in de ideeën").fill("fiets")
    page.get_by_role("button", name="Zoek", exact=True).click()
    found = page.get_by_role("heading", name=re.compile(r"^\d+ idee.* met ‘fiets’$"))
    expect(found).to_be_visible()
    cards = page.locator(".idea-card")
    assert 0 < cards.count() <= int(found.inner_text().split()[0])

    page.get_by_role("link", name="Toon alle ideeën").click()
    page.locator(".ideas-filter__themes").get_by_role("link", name="Energie in de wijk").click()
    expect(cards.first).to_be_visible()
    for label in cards.locator(".card__label").all_inner_texts():
        assert "Energie in de wijk" in label or "+" in label, label

    page.get_by_role("combobox", name="Volgorde").select_option("votes_desc")
    page.get_by_role("button", name="Toon", exact=True).click()
    expect(page).to_have_url(re.compile(r"thema=energie.*sort=votes_desc"))
    totals = [
        sum(int(text.replace(".", "")) for text in card.locator("[data-count]").all_inner_texts())
        for card in cards.all()
    ]
    assert totals == sorted(totals, reverse=True)


@SCRIPTS
def test_a_stranger_votes_signs_in_and_changes_the_vote(
    site: Site, new_page: Callable[..., Page], javascript: bool
) -> None:
    idea = ideas_of_others(site)[1 if javascript else 2]
    page = new_page(**PHONE, javascript=javascript)
    page.goto(f"/ideeen/{idea}")
    before = journey.counts(page)
    page.locator("section.ballot").get_by_role("button", name="Voor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
    journey.sign_in_with_code(page, f"lena.{javascript}@voorbeeld.example", name="Lena")
    assert journey.path(page) == f"/ideeen/{idea}"
    assert journey.counts(page) == (before[0] + 1, before[1])
    expect(page.get_by_role("button", name="Voor", pressed=True)).to_be_visible()
    journey.vote(page, VoteValue.AGAINST)
    assert journey.counts(page) == (before[0], before[1] + 1)
    page.reload()
    assert journey.counts(page) == (before[0], before[1] + 1)
    expect(page.get_by_role("button", name="Tegen", pressed=True)).to_be_visible()
    journey.vote(page, VoteValue.WITHDRAWN)
    assert journey.counts(page) == before


@SCRIPTS
def test_an_idea_is_written_before_signing_in_and_finished_on_another_device(
    new_page: Callable[..., Page], javascript: bool
) -> None:
    title = f"Laat zien hoeveel stroom de wijk opwekt {'met' if javascript else 'zonder'}"
    summary = "Bewoners zien samen hoeveel zon er op hun daken valt."
    phone = new_page(**PHONE, javascript=javascript)
    phone.goto("/ideeen/nieuw")
    journey.write_idea(phone, "Te kort", summary, "Kort.")
    phone.get_by_role("button", name="Verstuur je idee").click()
    summary_of_faults = phone.locator("[data-error-summary]")
    expect(summary_of_faults).to_be_visible()
    if javascript:
        expect(summary_of_faults).to_be_focused()
    expect(phone.get_by_label("Titel")).to_have_value("Te kort")
    expect(phone.get_by_label("Je idee in één zin")).to_have_value(summary)
    expect(phone.get_by_label("Leg je idee uit")).to_have_value("Kort.")
    expect(phone.get_by_role("checkbox", name="Energie in de wijk")).to_be_checked()
    summary_of_faults.get_by_role("link").first.click()
    expect(phone.get_by_label("Titel")).to_be_focused()

    journey.write_idea(phone, title, summary, journey.LONG_ENOUGH)
    phone.get_by_role("button", name="Verstuur je idee").click()
    expect(phone.get_by_text(f"Na het inloggen sturen we je idee ‘{title}’ in.")).to_be_visible()
    journey.ask_for_mail(phone, INGE)
    letter = journey.mail(phone, INGE)
    link = letter.get_by_role("link").filter(has_text="/inloggen/link/").get_attribute("href")
    assert link

    desk = new_page(javascript=javascript)
    desk.goto(link)
    expect(desk.get_by_text(f"Na het inloggen sturen we je idee ‘{title}’ in.")).to_be_visible()
    desk.get_by_role("button", name="Alleen inloggen").click()
    assert journey.path(desk) == "/ideeen/nieuw"
    expect(desk.get_by_text("Je tekst staat er nog.")).to_be_visible()
    expect(desk.get_by_label("Titel")).to_have_value(title)
    expect(desk.get_by_label("Leg je idee uit")).to_have_value(journey.LONG_ENOUGH)
    expect(desk.get_by_role("checkbox", name="Energie in de wijk")).to_be_checked()
    desk.get_by_role("button", name="Bewaar als concept").click()
    expect(desk.get_by_text("Dit is een concept")).to_be_visible()
    desk.get_by_role("link", name="Maak je idee af").click()
    desk.get_by_label("Welke buurt").select_option("Mariaberg")
    desk.get_by_role("button", name="Verstuur je idee").click()
    expect(desk.get_by_role("heading", name="Dank je wel! Je idee is ingestuurd.")).to_be_visible()
    expect(desk.get_by_role("heading", level=1)).to_have_text(title)
    desk.goto("/mijn")
    expect(desk.locator("#own-ideas + ul li").filter(has_text=title)).to_have_count(1)
    expect(desk.locator("#own-ideas + ul li").filter(has_text=title)).to_contain_text("moderator")


@SCRIPTS
def test_what_was_typed_outlives_a_session_that_ends_in_between(
    new_page: Callable[..., Page], javascript: bool
) -> None:
    title = f"Een bankje dat vertelt over de Maas {'met' if javascript else 'zonder'}"
    page = new_page(**PHONE, javascript=javascript)
    journey.become(page, journey.RESIDENT)
    page.goto("/ideeen/nieuw")
    journey.write_idea(page, title, "Wie zit, hoort een verhaal over het water.", journey.LONG_ENOUGH)
    page.context.clear_cookies()
    page.get_by_role("button", name="Verstuur je idee").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
    journey.sign_in_with_code(page, INGE)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", name="Dank je wel! Je idee is ingestuurd.")).to_be_visible()


@SCRIPTS
def test_arguing_and_replying(site: Site, new_page: Callable[..., Page], javascript: bool) -> None:
    idea = ideas_of_others(site)[3 if javascript else 4]
    page = new_page(**PHONE, javascript=javascript)
    page.goto(f"/ideeen/{idea}")
    page.locator("#argue").get_by_role("link", name="Inloggen").click()
    page.get_by_role("button", name=re.compile(f"^{journey.RESIDENT}")).click()
    page.get_by_role("radio", name="Tegen").check()
    page.get_by_label("Jouw").fill("Te kort.")
    page.get_by_role("button", name="Plaats").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.get_by_role("radio", name="Tegen")).to_be_checked()
    argument = f"Dit kost meer dan het oplevert; begin klein in één straat ({javascript})."
    page.get_by_label("Jouw").fill(argument)
    page.get_by_role("button", name="Plaats").click()
    assert journey.path(page) == f"/ideeen/{idea}"
    mine = page.locator(".arguments__side--against article").filter(has_text=argument)
    expect(mine).to_have_count(1)

    others = (
        page.locator(".arguments article.argument:not(.argument--reply)").filter(has_not_text=argument).first
    )
    others.get_by_role("link", name=re.compile("^Reageer")).click()
    reply = f"Goed gezien. Ik zou graag meedoen aan een proef bij mij in de straat ({javascript})."
    page.get_by_label("Jouw").fill(reply)
    page.get_by_role("button", name="Plaats").click()
    expect(page.locator("article.argument--reply").filter(has_text=reply)).to_have_count(1)


@SCRIPTS
def test_reporting_an_argument(site: Site, new_page: Callable[..., Page], javascript: bool) -> None:
    idea = ideas_of_others(site)[5 if javascript else 6]
    page = journey.become(new_page(**PHONE, javascript=javascript), journey.RESIDENT)
    page.goto(f"/ideeen/{idea}")
    page.locator("article.argument").first.get_by_role("link", name=re.compile("^Meld deze tekst")).click()
    page.get_by_role("button", name="Verstuur de melding").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_role("radio").first.check()
    page.get_by_role("textbox").fill("Hier wordt iemand uitgescholden.")
    page.get_by_role("button", name="Verstuur de melding").click()
    expect(page.get_by_text("Bedankt voor je melding.")).to_be_visible()
    assert journey.path(page) == f"/ideeen/{idea}"


def test_a_vote_that_cannot_be_sent_quietly_is_sent_as_a_form(
    site: Site, new_page: Callable[..., Page], complaints: Complaints
) -> None:
    """The script gives up after a failed request, and the form itself still goes."""
    page = journey.become(new_page(**PHONE), journey.RESIDENT)
    page.goto(f"/ideeen/{ideas_of_others(site)[7]}")
    before = journey.counts(page)
    pressed = page.locator(".vote[aria-pressed=true]").count()
    assert pressed == 0
    page.route(
        "**/stem",
        lambda route: route.abort() if not route.request.is_navigation_request() else route.continue_(),
    )
    journey.vote(page, VoteValue.FOR)
    assert journey.counts(page) == (before[0] + 1, before[1])
    assert complaints.found
    complaints.found.clear()
