"""An organiser sees what staff did and what visitors wrote, answers an idea and moves its status on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.domain.lifecycle import IdeaState, PublicStatus
from app.models import Idea, OfficialResponse, Person
from tests.support import journey
from tests.support.browsing import Site

pytestmark = pytest.mark.browser


def test_the_audit_log_says_what_a_moderator_did(new_page: Callable[..., Page]) -> None:
    desk = journey.become(new_page(), journey.MODERATOR)
    desk.goto("/moderatie?soort=idea")
    link = desk.locator(".queue__item h2 a").first
    title = link.inner_text()
    link.click()
    journey.publish(desk)
    expect(desk.get_by_role("status").filter(has_text=title)).to_be_visible()

    page = journey.become(new_page(width=390, height=844), journey.ORGANISER)
    page.goto("/beheer/logboek")
    line = page.locator(".log__line").first
    expect(line).to_contain_text(f"{journey.MODERATOR} plaatste een idee: {title}")
    expect(line.locator("time")).to_be_visible()
    page.get_by_label("Wie").select_option(label=journey.MODERATOR)
    page.get_by_role("button", name="Toon", exact=True).click()
    expect(page.locator(".log__line").first).to_contain_text(title)
    assert set(page.locator(".log__what strong").all_inner_texts()) == {journey.MODERATOR}


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_message_of_a_visitor_reaches_the_inbox(new_page: Callable[..., Page], javascript: bool) -> None:
    phone = new_page(width=390, height=844, javascript=javascript)
    phone.goto("/contact")
    question = f"Mag ik mijn dochter van zestien meenemen naar het werkatelier ({javascript})?"
    phone.get_by_label("naam").fill("Ria Smeets")
    phone.get_by_label("e-mailadres").fill("ria@voorbeeld.example")
    phone.get_by_role("textbox").last.fill(question)
    phone.get_by_role("button", name="Verstuur").click()
    expect(phone.get_by_text("Je bericht is bij de organisatoren.")).to_be_visible()

    page = journey.become(new_page(javascript=javascript), journey.ORGANISER)
    page.goto("/beheer/berichten")
    message = page.locator(".inbox__item").filter(has_text=question)
    expect(message).to_contain_text("Ria Smeets")
    message.get_by_role("button", name="Markeer als afgehandeld").click()
    expect(page.locator(".inbox__item").filter(has_text=question)).to_have_count(0)
    page.get_by_role("link", name="Afgehandelde berichten").click()
    expect(page.locator(".inbox__item").filter(has_text=question)).to_have_count(1)


def test_a_status_and_an_answer_stand_on_the_trail_of_the_idea(
    site: Site, new_page: Callable[..., Page]
) -> None:
    answered = select(OfficialResponse.idea_id)
    idea = int(
        site.first(
            select(Idea.id)
            .where(
                Idea.state == IdeaState.PUBLISHED,
                Idea.public_status == PublicStatus.OPEN,
                Idea.id.not_in(answered),
                Idea.call_id == 1,
            )
            .order_by(Idea.id)
        )
    )
    author = str(
        site.first(select(Person.email).join(Idea, Idea.author_id == Person.id).where(Idea.id == idea))
    )
    page = journey.become(new_page(), journey.ORGANISER)
    page.goto(f"/ideeen/{idea}")
    page.get_by_role("link", name="Reageer of pas de status aan").click()

    reason = "Het thema staat op de agenda van het werkatelier, dus we bespreken het daar."
    status = page.locator("section", has=page.get_by_role("heading", name="Status veranderen"))
    status.get_by_role("radio", name=re.compile("^Op de agenda")).check()
    status.get_by_role("button", name="Status veranderen").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(status.get_by_role("radio", name=re.compile("^Op de agenda"))).to_be_checked()
    status.get_by_role("textbox").fill(reason)
    status.get_by_role("button", name="Status veranderen").click()
    expect(page.get_by_role("status").first).to_contain_text("De status is nu: Op de agenda.")

    reaction = "Dank voor dit idee. We rekenen uit wat het kost en komen er in het werkatelier op terug."
    page.get_by_role("textbox", name="Namens").fill("Team Mobiliteit")
    page.get_by_role("textbox", name=re.compile("antwoord|reactie", re.I)).fill(reaction)
    page.get_by_role("button", name="Reactie plaatsen").click()
    expect(page.get_by_role("status").first).to_contain_text("De reactie staat bij het idee.")

    stranger = new_page(width=390, height=844)
    stranger.goto(f"/ideeen/{idea}")
    expect(stranger.locator(".idea__response")).to_contain_text(reaction)
    expect(stranger.locator(".idea__response")).to_contain_text("Team Mobiliteit")
    trail = stranger.locator(".idea__trail")
    expect(trail).to_contain_text(reason)
    expect(trail).to_contain_text("Op de agenda")
    expect(journey.mail(page, author, reason)).to_be_visible()
    expect(journey.mail(page, author, reaction)).to_be_visible()
