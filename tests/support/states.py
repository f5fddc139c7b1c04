"""What pages look like when something is wrong, empty, waiting or just done: every state that a plain visit misses."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.lifecycle import IdeaState, PublicStatus
from app.models import Argument, Idea, OfficialResponse, Person, Report
from app.models.argument import ArgumentState
from tests.support import journey
from tests.support.axe import unfold
from tests.support.browsing import Site

Opener = Callable[[Page, Site], int]
STRANGER, RESIDENT, MODERATOR, FACILITATOR, ORGANISER = (
    "stranger",
    "resident",
    "moderator",
    "facilitator",
    "organiser",
)
PEOPLE = {
    RESIDENT: journey.RESIDENT,
    "council": journey.COUNCIL,
    "partner": journey.PARTNER,
    MODERATOR: journey.MODERATOR,
    FACILITATOR: journey.FACILITATOR,
    ORGANISER: journey.ORGANISER,
}
"""Every kind of visitor, with the person of the demo who stands for it; a stranger is nobody."""


@dataclass(frozen=True, slots=True)
class State:
    """A page in a state: who sees it, which view made it, the answer, and the steps to get there."""

    name: str
    visitor: str
    endpoint: str
    status: int
    open: Opener

    def __str__(self) -> str:
        return f"{self.visitor}: {self.name}"


STATES: list[State] = []


def state(visitor: str, endpoint: str, status: int = 200) -> Callable[[Opener], Opener]:
    """Note the function as the way to a state; its docstring is the name."""

    def note(opener: Opener) -> Opener:
        name = (opener.__doc__ or "").strip().rstrip(".")
        STATES.append(State(name, visitor, endpoint, status, opener))
        return opener

    return note


def go(page: Page, address: str) -> int:
    """Open an address; the status of the answer."""
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def send(page: Page, address: str = "") -> int:
    """Press the first button of the form that goes to an address that ends so; the status of the answer."""
    unfold(page)
    forms = page.locator(f'main form[action$="{address}"]' if address else "main form.form")
    with page.expect_navigation() as arrived:
        forms.first.locator("button[type=submit]").first.click()
    return arrived.value.status


def idea(site: Site, idea_state: IdeaState = IdeaState.PUBLISHED, author: str = "") -> int:
    """An idea of the demo in a state, by somebody of this name."""
    query = select(Idea.id).where(Idea.state == idea_state).order_by(Idea.id)
    if author:
        query = query.join(Person, Person.id == Idea.author_id).where(Person.name == author)
    return int(site.first(query))


# --- signing in


@state(STRANGER, "accounts.sign_in", 400)
def _no_address(page: Page, site: Site) -> int:
    """no e-mail address"""
    go(page, "/inloggen")
    return send(page, "/inloggen")


@state(STRANGER, "accounts.enter_code")
def _code(page: Page, site: Site) -> int:
    """a code has been sent"""
    go(page, "/inloggen")
    journey.ask_for_mail(page, "els@voorbeeld.example")
    return 200


@state(STRANGER, "accounts.enter_code", 400)
def _wrong_code(page: Page, site: Site) -> int:
    """a wrong code"""
    _code(page, site)
    page.get_by_label("Code").fill("12")
    return send(page, "/inloggen/code")


@state(STRANGER, "accounts.open_link")
def _link(page: Page, site: Site) -> int:
    """the link of the mail"""
    _code(page, site)
    letter = journey.mail(page, "els@voorbeeld.example")
    address = letter.get_by_role("link").filter(has_text="/inloggen/link/").get_attribute("href")
    letter.page.close()
    return go(page, str(address))


@state(STRANGER, "accounts.demo_post")
def _mail(page: Page, site: Site) -> int:
    """mail has been sent"""
    _code(page, site)
    return go(page, "/demo/post")


@state(RESIDENT, "accounts.choose_name", 400)
def _no_name(page: Page, site: Site) -> int:
    """no name"""
    go(page, "/mijn/naam")
    page.locator("main form input[type=text]").first.fill("")
    return send(page)


@state(RESIDENT, "accounts.mine", 400)
def _no_name_on_own_page(page: Page, site: Site) -> int:
    """own page without a name"""
    go(page, "/mijn")
    page.locator("main form.form input[type=text]").first.fill("")
    return send(page, "/mijn")


# --- ideas


@state(STRANGER, "ideas.index")
def _nothing_found(page: Page, site: Site) -> int:
    """nothing found"""
    return go(page, "/ideeen?zoek=onvindbaar&status=done")


@state(STRANGER, "ideas.index")
def _second_page(page: Page, site: Site) -> int:
    """found, filtered, and the next page"""
    go(page, "/ideeen?sort=votes_desc")
    address = page.locator("a[rel=next]").get_attribute("href")
    return go(page, str(address))


@state(STRANGER, "ideas.index")
def _closed_call(page: Page, site: Site) -> int:
    """the ideas of a call that is closed"""
    return go(page, "/ideeen?oproep=ideeen-voor-visie-en-focus-2019")


@state(STRANGER, "ideas.show")
def _answered(page: Page, site: Site) -> int:
    """an idea with an answer of the municipality"""
    return go(page, f"/ideeen/{site.first(select(OfficialResponse.idea_id))}")


@state(STRANGER, "ideas.show")
def _far_on_its_way(page: Page, site: Site) -> int:
    """an idea that has come far"""
    far = select(Idea.id).where(Idea.public_status.in_([PublicStatus.DONE, PublicStatus.ADOPTED]))
    return go(page, f"/ideeen/{site.first(far)}")


@state(STRANGER, "ideas.show", 410)
def _hidden(page: Page, site: Site) -> int:
    """an idea that was hidden"""
    return go(page, f"/ideeen/{idea(site, IdeaState.HIDDEN)}")


@state(STRANGER, "ideas.new", 400)
def _empty_idea(page: Page, site: Site) -> int:
    """an empty idea was sent"""
    go(page, "/ideeen/nieuw")
    return send(page)


@state(RESIDENT, "ideas.new", 400)
def _long_idea(page: Page, site: Site) -> int:
    """an idea with a title that is too long"""
    go(page, "/ideeen/nieuw")
    journey.write_idea(page, "Te lang " * 20, "Kort.", journey.LONG_ENOUGH)
    return send(page)


@state(RESIDENT, "ideas.show")
def _own_draft(page: Page, site: Site) -> int:
    """an own draft"""
    return go(page, f"/ideeen/{idea(site, IdeaState.DRAFT, journey.RESIDENT)}")


@state(RESIDENT, "ideas.show")
def _own_returned(page: Page, site: Site) -> int:
    """an own idea that was returned"""
    return go(page, f"/ideeen/{idea(site, IdeaState.RETURNED, journey.RESIDENT)}")


@state(RESIDENT, "ideas.show")
def _own_published(page: Page, site: Site) -> int:
    """an own idea that is on the site"""
    return go(page, f"/ideeen/{idea(site, IdeaState.PUBLISHED, journey.RESIDENT)}")


@state(RESIDENT, "ideas.show")
def _just_sent(page: Page, site: Site) -> int:
    """an own idea that was just sent in"""
    go(page, "/ideeen/nieuw")
    journey.write_idea(page, "Een lamp die weet wie er is", "Licht waar het nodig is.", journey.LONG_ENOUGH)
    return send(page)


@state(RESIDENT, "ideas.edit")
def _edit(page: Page, site: Site) -> int:
    """changing an idea that was returned"""
    return go(page, f"/ideeen/{idea(site, IdeaState.RETURNED, journey.RESIDENT)}/bewerken")


@state(RESIDENT, "ideas.edit", 400)
def _bad_edit(page: Page, site: Site) -> int:
    """a change that is too short"""
    go(page, f"/ideeen/{idea(site, IdeaState.RETURNED, journey.RESIDENT)}/bewerken")
    page.get_by_label("Titel").fill("Kort")
    return send(page)


# --- the discussion


@state(RESIDENT, "discussion.argue", 400)
def _empty_argument(page: Page, site: Site) -> int:
    """an empty argument"""
    go(page, f"/ideeen/{idea(site)}")
    return send(page, "/argumenten")


@state(RESIDENT, "discussion.reply", 400)
def _empty_reply(page: Page, site: Site) -> int:
    """an empty reply"""
    go(page, f"/argumenten/{_argument(site)}/reacties")
    return send(page, "/reacties")


@state(RESIDENT, "discussion.report_argument", 400)
def _empty_report(page: Page, site: Site) -> int:
    """an empty report"""
    go(page, f"/argumenten/{_argument(site)}/melden")
    return send(page, "/melden")


@state(STRANGER, "ideas.show")
def _tombstone(page: Page, site: Site) -> int:
    """an argument that was removed"""
    gone = select(Argument.idea_id).where(Argument.state == ArgumentState.HIDDEN)
    return go(page, f"/ideeen/{site.first(gone)}")


def _argument(site: Site) -> int:
    shown = Argument.state == ArgumentState.PUBLISHED, Argument.parent_id.is_(None)
    return int(site.first(select(Argument.id).where(*shown).order_by(Argument.id)))


# --- other pages


@state(STRANGER, "pages.contact", 400)
def _empty_message(page: Page, site: Site) -> int:
    """an empty message"""
    go(page, "/contact")
    return send(page, "/contact")


@state(STRANGER, "pages.contact")
def _message_sent(page: Page, site: Site) -> int:
    """a message that was sent"""
    go(page, "/contact")
    page.get_by_role("textbox").last.fill("Wanneer is het werkatelier, en mag mijn buurvrouw mee?")
    return send(page, "/contact")


@state(STRANGER, "", 404)
def _not_found(page: Page, site: Site) -> int:
    """an address that does not exist"""
    return go(page, "/zo-iets-is-hier-niet")


@state(STRANGER, "accounts.sign_out", 405)
def _wrong_way(page: Page, site: Site) -> int:
    """an address that is only for forms"""
    return go(page, "/uitloggen")


@state(RESIDENT, "moderation.queue", 403)
def _not_for_you(page: Page, site: Site) -> int:
    """a door that stays closed"""
    return go(page, "/moderatie")


@state(RESIDENT, "pages.home")
def _open_menus(page: Page, site: Site) -> int:
    """the menus of the header are open"""
    status = go(page, "/")
    page.evaluate("() => document.querySelectorAll('header details').forEach(each => { each.open = true; })")
    return status


# --- moderators


@state(MODERATOR, "moderation.refuse", 400)
def _refused_without_reason(page: Page, site: Site) -> int:
    """a refusal without a reason"""
    go(page, f"/moderatie/ideeen/{idea(site, IdeaState.SUBMITTED)}")
    return send(page, "/weigeren")


@state(MODERATOR, "moderation.return_", 400)
def _returned_without_request(page: Page, site: Site) -> int:
    """returning without a request"""
    go(page, f"/moderatie/ideeen/{idea(site, IdeaState.SUBMITTED)}")
    return send(page, "/terugsturen")


@state(MODERATOR, "moderation.review")
def _review_hidden(page: Page, site: Site) -> int:
    """an idea that was hidden, with its reports"""
    return go(page, f"/moderatie/ideeen/{idea(site, IdeaState.HIDDEN)}")


@state(MODERATOR, "moderation.review")
def _review_reported(page: Page, site: Site) -> int:
    """an idea that was reported"""
    open_reports = select(Report.idea_id).where(Report.handled_at.is_(None), Report.idea_id.is_not(None))
    return go(page, f"/moderatie/ideeen/{site.first(open_reports)}")


@state(MODERATOR, "moderation.argument")
def _review_argument(page: Page, site: Site) -> int:
    """an argument that was reported"""
    waiting = select(Report.argument_id).where(Report.handled_at.is_(None), Report.argument_id.is_not(None))
    return go(page, f"/moderatie/argumenten/{site.first(waiting)}")


@state(MODERATOR, "moderation.queue")
def _only_reports(page: Page, site: Site) -> int:
    """the queue of reports"""
    return go(page, "/moderatie?soort=report")


# --- organisers


@state(ORGANISER, "organiser.respond", 400)
def _empty_answer(page: Page, site: Site) -> int:
    """an empty answer"""
    go(page, f"/beheer/ideeen/{idea(site)}")
    return send(page, "/reactie")


@state(ORGANISER, "organiser.set_status", 400)
def _empty_status(page: Page, site: Site) -> int:
    """a status without a reason"""
    go(page, f"/beheer/ideeen/{idea(site)}")
    return send(page, "/status")


@state(ORGANISER, "organiser.rules_of", 400)
def _faulty_rules(page: Page, site: Site) -> int:
    """rules without a reason"""
    go(page, "/beheer/trajecten")
    page.get_by_role("main").get_by_role("link", name="Regels van de ranglijst").first.click()
    return send(page, "/rangschikking")


@state(ORGANISER, "organiser.ideas")
def _no_ideas(page: Page, site: Site) -> int:
    """no ideas found"""
    return go(page, "/beheer/ideeen?zoek=onvindbaar")


@state(ORGANISER, "organiser.inbox")
def _handled(page: Page, site: Site) -> int:
    """messages that were handled"""
    return go(page, "/beheer/berichten?soort=afgehandeld")


@state(ORGANISER, "organiser.audit")
def _empty_log(page: Page, site: Site) -> int:
    """nothing in the log"""
    return go(page, "/beheer/logboek?voor=1")


# --- the ranking


@state(STRANGER, "ranking.pictures")
def _partners_compared(page: Page, site: Site) -> int:
    """residents compared with partners, all figures unfolded"""
    status = go(page, "/ranglijst/beelden?met=partner")
    unfold(page)
    return status


@state(STRANGER, "ranking.pictures")
def _nothing_to_draw(page: Page, site: Site) -> int:
    """pictures of a call without votes"""
    return go(page, "/ranglijst/beelden?oproep=suggesties-voor-de-procesgang")
