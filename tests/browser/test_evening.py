"""The whole evening of the demo as one story: from registering to what the council decided, each by their own pages."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.domain.ballot import Group, VoteValue
from app.models.room import RoundKind
from tests.support import databases, journey, serving
from tests.support.browsing import Site, seeded
from tests.support.night import CODE, LONG, Chosen, Night, at_once, line, panel
from tests.support.night_council import ELEMENT, OTHER, decide, go_to_the_council, look_back

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
BADGES = (*["Groene badge"] * 5, *["Blauwe badge"] * 3, *["Oranje badge"] * 2)
"""Of the ten phones without an account. The eleventh is that of the resident who signed in."""
EVERYBODY = len(BADGES) + 1
SPREAD = ((7, 3, 1), (4, 2, 5), (2, 5, 4))
"""How many agree, do not know and disagree with each statement of the round: nowhere the same."""
SOON = 10_000
"""Milliseconds in which the screen follows on a machine that is busy with other tests; two on a calm one."""
CONCLUSION = "De zaal wil dat iedereen mee kan doen, ook zonder telefoon."


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo as it is really served: the site, and the live process that pushes."""
    url = seeded(request.config.getoption("--site-database"), tmp_path_factory.mktemp("evening"))
    with serving.serving_both(url) as (server, live):
        app = databases.make_app(url, DEMO="1", SITE_URL=server.url)
        yield Site(app, server.url, live.url)
        databases.let_go(app)
        for each in (server, live):
            assert "Traceback" not in each.said(), each.said()


@pytest.fixture
def night(site: Site, tmp_path: Path) -> Night:
    """The workshop that is still to come, tonight: the doors do not open by themselves yet."""
    night = Night(site, tmp_path)
    night.begins(timedelta(hours=3, minutes=30))
    return night


def test_an_evening_from_registration_to_council_decision(night: Night, new_page: NewPage) -> None:
    resident = journey.become(new_page(width=390, height=844), journey.RESIDENT)
    desk = journey.become(new_page(), journey.FACILITATOR)
    organiser = journey.become(new_page(), journey.ORGANISER)
    wall = new_page(width=1920, height=1080)

    register(night, resident, organiser)
    publish_the_agenda(night, desk)
    ideas = wish_to_hear(night, resident)
    phones = come_in(night, desk, wall, resident, new_page)
    question = ask_the_room(night, desk, wall, phones)
    show_the_result(night, desk, wall, phones, new_page, question)
    hold_the_room(night, desk, wall)
    conclude(night, desk, wall, ideas)
    finish(night, desk, new_page())
    go_to_the_council(night, organiser)
    decide(night, organiser)
    look_back(night, resident, new_page(), ideas)
    assert night.found == []


def register(night: Night, resident: Page, organiser: Page) -> None:
    """The evening is full, so the resident waits, until the organiser makes room."""
    resident.goto(f"/activiteiten/{night.activity}")
    resident.locator("#come").get_by_role("link", name="wachtlijst").click()
    resident.get_by_label("Is er iets dat we moeten weten?").fill("Ik kom op de fiets.")
    resident.locator("main").get_by_role("button", name="Meld je aan").click()
    expect(resident.locator("#come")).to_contain_text("Je wacht op een plek.")
    night.stop(resident, "waiting")
    organiser.goto(f"/beheer/activiteiten/{night.activity}")
    organiser.get_by_label("Hoeveel plekken?").fill("90")
    organiser.locator("form", has=organiser.get_by_label("Hoeveel plekken?")).get_by_role("button").click()
    expect(organiser.get_by_text("De activiteit is veranderd")).to_be_visible()
    night.stop(organiser, "places")
    resident.reload()
    expect(resident.locator("#come")).to_contain_text("Je staat op de lijst.")


def publish_the_agenda(night: Night, desk: Page) -> None:
    """What the votes made of the minutes becomes the agenda that counts."""
    desk.goto(night.at("agenda"))
    desk.get_by_role("button", name="Publiceer het concept").click()
    expect(panel(desk, "publish")).to_contain_text("Versie 1 is de agenda die telt")
    night.stop(desk, "agenda")
    desk.goto(night.at())
    expect(desk.locator("main")).to_contain_text("De agenda die telt")
    night.stop(desk, "workshop")


def wish_to_hear(night: Night, resident: Page) -> list[Chosen]:
    """The resident votes on ideas of two themes on the agenda, and wants to hear what becomes of them."""
    ideas = night.chosen(night.site.named(journey.RESIDENT))
    for each in ideas:
        resident.goto(f"/ideeen/{each.idea}")
        journey.vote(resident, VoteValue.FOR)
    wish = resident.get_by_role("button", name="Laat mij weten wat er gebeurt met ideeën waarop ik stemde")
    if wish.get_attribute("aria-pressed") != "true":
        wish.click()
    expect(wish).to_have_attribute("aria-pressed", "true")
    return ideas


def come_in(night: Night, desk: Page, wall: Page, resident: Page, new_page: NewPage) -> list[Page]:
    """The doors open, everybody checks in at the same moment, and the facilitator confirms the badges."""
    desk.goto(night.at("zaal"))
    desk.get_by_role("button", name="Open de deuren nu").click()
    expect(desk.get_by_text("Mensen kunnen zich melden.")).to_be_visible()
    desk.goto(night.at("regie"))
    step(desk, "join")
    # The laptop at the projector gets the address that the desk opens; nobody is signed in on it.
    screen = desk.context.new_page()
    screen.goto(night.at("scherm/openen"))
    wall.goto(screen.url)
    screen.close()
    expect(wall.locator("h1")).to_have_text("Doe mee op je telefoon")
    expect(wall.locator(".screen-join__address strong")).to_have_text(f"{CODE[:3]} {CODE[3:]}")
    night.stop(wall, "wall-join")
    phones = [new_page(width=390, height=844) for _badge in BADGES]
    for phone in phones:
        phone.goto("/doe-mee", wait_until="commit")
    for phone in phones:
        phone.get_by_label("De code op het scherm").fill(f"{CODE[:3]} {CODE[3:]}".lower())
        phone.get_by_role("button", name="Verder").click(no_wait_after=True)
    for phone, badge in zip(phones, BADGES, strict=True):
        phone.get_by_label(re.compile(badge)).check()
    night.stop(phones[0], "badge")
    resident.goto(f"/doe-mee/{CODE}")
    expect(resident.get_by_text(f"Je bent ingelogd als {journey.RESIDENT}")).to_be_visible()
    phones.append(resident)
    at_once([(phone, ["main form .button"]) for phone in phones])
    for phone in phones:
        expect(phone.get_by_text("Je bent binnen")).to_be_visible(timeout=LONG)
    expect(wall.get_by_text(f"{EVERYBODY} mensen doen mee")).to_be_visible(timeout=SOON)
    desk.goto(night.at("zaal"))
    night.stop(desk, "hall")
    waiting = desk.get_by_role("button", name=re.compile(r"^Bevestig \d"))
    while waiting.count():
        left = waiting.count()
        waiting.first.click()
        expect(waiting).to_have_count(left - 1)
    assert night.here() == {Group.RESIDENT: 6, Group.COUNCIL: 3, Group.PARTNER: 2}
    return phones


def step(desk: Page, key: str) -> None:
    """Go to a step from the list on the desk, unless it is there already."""
    button = desk.locator(f'[data-key-for="step-{key}"] button')
    if button.get_attribute("aria-current") is None:
        button.click()
        expect(button).to_have_attribute("aria-current", "step")


def forward(desk: Page, key: str) -> None:
    """The next step, with the key that a clicker sends."""
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("PageDown")
    expect(desk.locator(f'[data-key-for="step-{key}"] button')).to_have_attribute("aria-current", "step")


def choice(phone: int, option: int) -> int:
    """What a phone chooses on an option, by their places."""
    agree, unsure = SPREAD[option][:2]
    turn = (3 * phone + option) % EVERYBODY
    return 1 if turn < agree else 0 if turn < agree + unsure else -1


def ask_the_room(night: Night, desk: Page, wall: Page, phones: list[Page]) -> int:
    """A round is opened with the keyboard, and everybody votes on everything at the same moment."""
    number, question, options = night.asked(RoundKind.AGREE)
    desk.goto(night.at("regie"))
    night.stop(desk, "desk")
    theme = desk.locator(f'[data-key-for="step-round:{number}:open"]').locator(
        "xpath=ancestor::li/preceding-sibling::li[1]//form"
    )
    step(desk, str(theme.get_attribute("data-key-for")).removeprefix("step-"))
    expect(wall.locator(".screen__picture--theme")).to_be_visible(timeout=SOON)
    night.stop(wall, "wall-theme")
    forward(desk, f"round:{number}:open")
    expect(wall.locator("h1")).to_have_text(question, timeout=SOON)
    # Late comers still find the way in, although no picture that is pushed holds it.
    expect(wall.locator(".screen__code")).to_have_text(f"{CODE[:3]} {CODE[3:]}")
    for phone in phones:
        expect(phone.get_by_role("heading", name=question)).to_be_visible(timeout=LONG)
    night.stop(phones[0], "phone-round")
    at_once(
        [
            (
                phone,
                [
                    f'#option-{option} button[value="{choice(place, at)}"]'
                    for at, (option, _text) in enumerate(options)
                ],
            )
            for place, phone in enumerate(phones)
        ]
    )
    voted = f"{EVERYBODY} van {EVERYBODY} mensen hebben gestemd"
    expect(wall.locator(".screen-round__voted")).to_have_text(re.compile(voted), timeout=LONG)
    for phone in phones:
        expect(phone.locator('[aria-pressed="true"]')).to_have_count(len(options), timeout=LONG)
    expect(wall.locator(".screen-round__results")).to_have_count(0)
    night.stop(wall, "wall-round")
    night.stop(phones[3], "phone-voted")
    return number


def show_the_result(
    night: Night, desk: Page, wall: Page, phones: list[Page], new_page: NewPage, number: int
) -> None:
    """Closed and revealed: the figures are those that were voted, wherever they are read."""
    follower, reader = new_page(width=390, height=844), new_page()
    follower.goto(night.at("volgen"))
    forward(desk, f"round:{number}:close")
    expect(wall.locator(".screen__badge--closed")).to_be_visible(timeout=SOON)
    expect(phones[0].get_by_text("Deze ronde is gesloten.")).to_be_visible(timeout=LONG)
    forward(desk, f"round:{number}:reveal")
    _number, question, options = night.asked(RoundKind.AGREE)
    expect(wall.locator(".screen-round__results li")).to_have_count(len(options), timeout=SOON)
    expect(follower.locator("#now")).to_have_text(question, timeout=LONG)
    expect(phones[0].locator(".room-figures")).to_be_visible(timeout=LONG)
    reader.goto(night.at(f"rondes/{number}"))
    counted = night.votes(number)
    for at, (option, text) in enumerate(options):
        sums = dict(zip((1, 0, -1), SPREAD[at], strict=True))
        assert sums == {value: counted.get((option, value), 0) for value in sums}
        told = f"{sums[1]} eens · {sums[0]} weet ik niet · {sums[-1]} oneens"
        assert told in line(wall.locator(f'[data-key="option-{option}"]').inner_text())
        expect(follower.locator("li").filter(has_text=text)).to_contain_text(told, timeout=LONG)
        for page in (reader, phones[0]):
            expect(page.locator(".room-figures__item").filter(has_text=text)).to_contain_text(told)
    night.stop(wall, "wall-result")
    night.stop(follower, "follow-result")
    night.stop(reader, "public-result")
    night.stop(phones[0], "phone-result")
    follower.context.close()


def hold_the_room(night: Night, desk: Page, wall: Page) -> None:
    """A timer and a message, seen by the room and taken away."""
    desk.locator("#timer-minutes").fill("10")
    desk.locator('[data-key-for="timer"] button').click()
    expect(wall.locator("[data-left]")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"), timeout=SOON)
    desk.locator("#message-text").fill("De soep staat klaar.")
    desk.get_by_role("button", name="Toon in de zaal").click()
    expect(wall.get_by_text("De soep staat klaar.")).to_be_visible(timeout=SOON)
    night.stop(wall, "wall-message")
    night.stop(desk, "desk-message")
    desk.locator('[data-key-for="unmessage"] button').click()
    desk.locator('[data-key-for="stop"] button').click()
    expect(wall.get_by_text("De soep staat klaar.")).to_be_hidden(timeout=SOON)
    expect(wall.locator("[data-left]")).to_be_hidden(timeout=SOON)


def conclude(night: Night, desk: Page, wall: Page, ideas: list[Chosen]) -> None:
    """What the room concludes stands on the screen while it is written; a second theme gets its outcome too."""
    first, second = (each.theme for each in ideas)
    step(desk, f"outcome:{first}")
    expect(wall.locator(".screen-outcome")).to_be_visible(timeout=SOON)
    writing = desk.context.new_page()
    writing.goto(night.at(f"opbrengsten/{first}"))
    writing.locator("#conclusion").press_sequentially(CONCLUSION)
    expect(wall.locator(".screen-outcome__conclusion")).to_have_text(CONCLUSION, timeout=LONG)
    writing.locator("#points").fill(ELEMENT)
    expect(wall.locator(".screen-outcome li")).to_have_text(ELEMENT, timeout=LONG)
    writing.locator("#questions").fill("Wie kijkt mee?")
    expect(wall.locator(".screen-outcome")).to_contain_text("Wie kijkt mee?", timeout=LONG)
    expect(writing.locator("[data-said]")).to_contain_text("Bewaard om")
    night.stop(wall, "wall-outcome")
    night.stop(writing, "outcome")
    writing.goto(night.at(f"opbrengsten/{second}"))
    writing.locator("#conclusion").fill("De zaal wil uitleg in de eigen buurt.")
    writing.locator("#points").fill(OTHER)
    writing.get_by_role("button", name="Bewaren").click()
    expect(writing.locator("main")).to_contain_text(OTHER)
    writing.close()


def finish(night: Night, desk: Page, visitor: Page) -> None:
    """The evening is finished; its report is for everybody, as a page and on paper."""
    night.begins(timedelta(minutes=-1))
    step(desk, "thanks")
    desk.goto(night.at("opbrengsten"))
    desk.get_by_role("link", name="Rond de avond af").click()
    expect(panel(desk, "ideas")).to_contain_text("besproken")
    night.stop(desk, "finishing")
    desk.get_by_role("button", name="Rond de avond af").click()
    expect(desk.get_by_text("De avond is afgerond.")).to_be_visible()
    night.stop(desk, "outcomes")
    visitor.goto(night.at("verslag"))
    for text in (CONCLUSION, ELEMENT, OTHER):
        expect(visitor.locator("main")).to_contain_text(text)
    night.stop(visitor, "report")
    paper = visitor.request.get(night.at("verslag.pdf"))
    assert paper.ok
    assert paper.body().startswith(b"%PDF-")
