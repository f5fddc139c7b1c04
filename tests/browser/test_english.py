"""The whole way in English: changing the language keeps the page, and every step after it stays English."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import journey

pytestmark = pytest.mark.browser
NEWCOMER = "jo@voorbeeld.example"


def expect_english(page: Page) -> None:
    """The page says so, and so does its address."""
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert journey.path(page).startswith("/en"), page.url


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_newcomer_takes_part_in_english(new_page: Callable[..., Page], javascript: bool) -> None:
    email = f"{javascript}.{NEWCOMER}".lower()
    page = new_page(width=390, height=844, javascript=javascript, language="en-GB")
    page.goto("/ideeen?sort=votes_desc")
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_role("link", name="English").click()
    expect_english(page)
    assert page.url.endswith("/en/ideeen?sort=votes_desc")
    page.locator(".idea-card h3 a").first.click()
    expect_english(page)
    page.locator("section.ballot").get_by_role("button", name="For", exact=False).click()
    expect_english(page)
    expect(page.get_by_text("After signing in, your vote FOR")).to_be_visible()

    page.get_by_label("e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    expect_english(page)
    letter = journey.mail(page, email)
    expect(letter).to_contain_text("Your code to sign in")
    code = re.search(r"^\s*(\d{6})\s*$", letter.inner_text(), re.MULTILINE)
    assert code
    letter.page.close()
    page.get_by_label("Code").fill("000" if code[1] != "000" else "111")
    page.get_by_role("button", name="Sign in and vote").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Sign in and vote").click()
    expect_english(page)
    page.get_by_label("name", exact=False).fill("Jo")
    page.get_by_role("button", name="Go on").click()
    expect_english(page)

    expect(page.locator("section.ballot [data-mine]")).to_have_text("You voted for.")
    expect_english(page)
    page.get_by_role("radio", name="Question").check()
    question = f"What happens to the measurements afterwards, and who may see them ({javascript})?"
    page.locator("form.argue textarea").fill(question)
    page.get_by_role("button", name="Post").click()
    expect_english(page)
    expect(page.get_by_text(question)).to_be_visible()

    page.goto("/en/ideeen/nieuw")
    page.get_by_role("button", name="Send in your idea").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    if page.get_by_role("radio").count():
        page.get_by_role("radio").first.check()
    page.get_by_label("Title").fill("Benches that tell about the river")
    page.get_by_label("Your idea in one sentence").fill("Sit down and hear how high the water once stood.")
    page.get_by_label("Explain your idea").fill("Each bench has a small speaker and a sign. " * 3)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Send in your idea").click()
    expect_english(page)
    expect(page.get_by_role("heading", name="Thank you! Your idea has been sent in.")).to_be_visible()
    page.goto("/en/mijn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jo")
    expect(page.locator("select[name=language]")).to_have_value("en")


def test_a_refusal_and_a_missing_page_are_english_too(page: Page) -> None:
    page.goto("/en/niets-te-vinden")
    expect_english(page)
    expect(page.get_by_role("link", name="To the home page")).to_have_attribute("href", "/en/")
    page.goto("/en/moderatie")
    expect_english(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
