"""What people do on the site in one breath, for journeys in the browser: sign in, read their mail, vote, write."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from app.domain.ballot import VoteValue

RESIDENT = "Inge Inwoner"
COUNCIL = "Rob Raadslid"
PARTNER = "Petra Partner"
MODERATOR = "Mo Moderator"
FACILITATOR = "Fleur Facilitator"
ORGANISER = "Olaf Organisator"
"""The people whom the sign-in page of the demo offers."""

LONG_ENOUGH = (
    "Zo kan iedereen in de wijk op een scherm zien wat er gemeten is, en wat de gemeente ermee gaat doen."
)


def become(page: Page, name: str) -> Page:
    """Sign in as one of the people that the demo offers."""
    page.goto("/inloggen")
    page.get_by_role("button", name=re.compile(rf"^{name}")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page


def ask_for_mail(page: Page, email: str) -> None:
    """Fill in an e-mail address on the sign-in page that is open."""
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_role("button", name="Stuur mij een code").click()
    expect(page).to_have_url(re.compile("/inloggen/code$"))


def mail(page: Page, address: str, subject: str = "") -> Locator:
    """The last mail to an address with these words, opened in another window of the same browser."""
    window = page.context.new_page()
    window.goto("/demo/post")
    letter = window.locator("article").filter(has_text=address).filter(has_text=subject).first
    expect(letter).to_be_visible()
    return letter


def sign_in_with_code(page: Page, email: str, name: str = "") -> None:
    """Type the code of the mail into the sign-in page that is open; `name` for somebody who is new.

    What they began while signed out is done with it.
    """
    ask_for_mail(page, email)
    letter = mail(page, email)
    code = re.search(r"^\s*(\d{6})\s*$", letter.inner_text(), re.MULTILINE)
    assert code, letter.inner_text()
    letter.page.close()
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name=re.compile("^Inloggen")).click()
    if name:
        page.get_by_label("naam", exact=False).fill(name)
        page.get_by_role("button", name="Verder").click()


def counts(page: Page) -> tuple[int, int]:
    """The votes for and against on the page of an idea."""
    ballot = page.locator("section.ballot")
    return (_number(ballot, "for"), _number(ballot, "against"))


def vote(page: Page, value: VoteValue) -> None:
    """Press a button of the ballot on the page of an idea and see that it says so."""
    words = {
        VoteValue.FOR: ("Voor", "Je stemde voor."),
        VoteValue.AGAINST: ("Tegen", "Je stemde tegen."),
        VoteValue.WITHDRAWN: ("Trek mijn stem in", ""),
    }
    button, sentence = words[value]
    ballot = page.locator("section.ballot")
    ballot.get_by_role("button", name=button).click()
    if sentence:
        expect(ballot.locator("[data-mine]")).to_have_text(sentence)
    else:
        expect(ballot.locator(".ballot__mine")).to_be_hidden()
    expect(ballot.locator("[aria-busy]")).to_have_count(0)


def write_idea(page: Page, title: str, summary: str, body: str, theme: str = "Energie in de wijk") -> None:
    """Fill in the form for an idea that is open, without sending it."""
    if page.get_by_role("radio", name=re.compile("Waar moet Maastricht slim in zijn")).count():
        page.get_by_role("radio", name=re.compile("Waar moet Maastricht slim in zijn")).check()
    page.get_by_label("Titel").fill(title)
    page.get_by_label("Je idee in één zin").fill(summary)
    page.get_by_label("Leg je idee uit").fill(body)
    box = page.get_by_role("checkbox", name=theme)
    if not box.is_checked():
        box.check()


def publish(page: Page) -> None:
    """Go through the checklist of the call, if it has one, and publish the idea that is open at the desk."""
    desk = page.locator("#decide")
    for point in desk.locator(".decision--direct").get_by_role("checkbox").all():
        point.check()
    desk.get_by_role("button", name="Plaatsen").click()


def path(page: Page) -> str:
    """The path of the page that is open."""
    return urlsplit(page.url).path


def _number(ballot: Locator, kind: str) -> int:
    return int(ballot.locator(f'[data-count="{kind}"]').inner_text().replace(".", ""))
