"""The second half of the journey of an evening: what the room concluded goes to the council, and what is read of it."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from app.kit.i18n import TIME_ZONE
from tests.support.night import LONG, Chosen, Night, panel

ELEMENT, OTHER = "Meedoen kan altijd ook op papier", "In elke buurt komt een avond met uitleg"
PROPOSAL = "De visie van de zaal"
WAY = (
    "Ingestuurd",
    "Geplaatst",
    "Op de agenda van Werkatelier Smart City (versie 1)",
    "Besproken",
    f"Een voorstel ging naar de raad: {PROPOSAL}",
    "Bij de raad",
)
"""What every idea in the story goes through, before the council decides."""
WHY = "De raad vindt dat de buurten dit zelf al doen, dus hier komt geen apart besluit over."


def go_to_the_council(night: Night, organiser: Page) -> None:
    """What the room concluded becomes focus, and a proposal that is handed in."""
    organiser.goto(f"/beheer/trajecten/{night.process}/raad")
    for sentence in (ELEMENT, OTHER):
        panel(organiser, "offers").get_by_role("button", name=re.compile(sentence)).click()
        expect(organiser.locator("#elements").get_by_role("heading", name=sentence)).to_be_visible()
    night.stop(organiser, "focus")
    organiser.get_by_role("link", name="Schrijf een voorstel").click()
    organiser.get_by_label("Wat vraag je de raad te besluiten?").fill(PROPOSAL)
    organiser.get_by_label("Het voorstel").fill("Wij vragen de raad om deze twee punten over te nemen.")
    for box in organiser.get_by_role("checkbox").all():  # what waited before stays for a later proposal
        box.uncheck()
    for sentence in (ELEMENT, OTHER):
        organiser.get_by_label(sentence).check()
    organiser.get_by_role("button", name="Bewaar het voorstel").click()
    if not organiser.locator("#hand-in").count():
        organiser.get_by_role("link", name="Wijzig of dien in").click()
    night.stop(organiser, "proposal")
    organiser.get_by_label("Wat vertellen we erbij?").fill("De zaal koos deze punten, nu is de raad aan zet.")
    organiser.get_by_role("button", name="Dien in bij de raad").click()
    expect(organiser.locator("#proposals")).to_contain_text("Bij de raad sinds")


def decide(night: Night, organiser: Page) -> None:
    """The council agrees with one element and not with the other; what that does is shown before it is public."""
    organiser.locator("#proposals").get_by_role("link", name="Schrijf het besluit op").click()
    organiser.get_by_label("Wat besloot de raad?").fill(
        "De raad neemt het eerste punt over, het tweede niet."
    )
    organiser.get_by_label("Adres van het raadsdocument").fill("https://raad.example/visie")
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    organiser.get_by_label("Op welke dag?").fill(today.isoformat())
    for sentence, result in ((ELEMENT, "Aangenomen"), (OTHER, "Niet aangenomen")):
        verdict = organiser.locator(".council__verdict").filter(has_text=sentence)
        verdict.get_by_label(result, exact=True).check()
    organiser.locator(".council__verdict").filter(has_text=OTHER).locator("textarea").fill(WHY)
    organiser.get_by_role("button", name="Bekijk wat dit doet").click()
    night.stop(organiser, "confirm")
    organiser.get_by_role("button", name="Publiceer het besluit").click()
    expect(organiser.get_by_text("Het besluit staat op de site.")).to_be_visible()


def look_back(night: Night, resident: Page, visitor: Page, ideas: list[Chosen]) -> None:
    """Everybody reads the way of an idea step by step; who wished so was told of each; the evaluation is there."""
    for each, ends in zip(ideas, ("Aangenomen", "Niet aangenomen"), strict=True):
        visitor.goto(f"/ideeen/{each.idea}")
        trail = visitor.locator(".trail-view .trail__title").all_inner_texts()
        places = [trail.index(step) for step in (*WAY, ends)]
        assert places == sorted(places), trail
        assert trail.index(f"De raad stemde in, met wijzigingen: {PROPOSAL}") > trail.index("Bij de raad"), (
            trail
        )
        night.stop(visitor, f"trail-{ends.split()[0].lower()}", ".trail-view")
    expect(visitor.locator(".trail-view__list")).to_contain_text(WHY)
    visitor.goto(f"/trajecten/{night.process}/raad")
    expect(visitor.locator("main")).to_contain_text(WHY)
    night.stop(visitor, "council")
    visitor.goto(f"/trajecten/{night.process}/evaluatie")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Evaluatie")
    night.stop(visitor, "evaluation")
    told(night, resident, ideas)


def told(night: Night, resident: Page, ideas: list[Chosen]) -> None:
    """The resident has one message for each step of what was voted on, and those of the evening itself."""
    resident.goto("/mijn/berichten")
    messages = resident.locator("main")
    for each, ends in zip(ideas, ("Aangenomen", "Niet aangenomen"), strict=True):
        for status in ("Bij de raad", ends):
            message = f"Het idee ‘{each.title}’ heeft een nieuwe status: {status}"
            expect(messages.get_by_role("link", name=message)).to_have_count(1, timeout=LONG)
    expect(messages.get_by_role("link", name=re.compile("^Er is plek voor je"))).to_have_count(1)
    expect(messages.get_by_role("link", name=re.compile("^De agenda van .* is er"))).to_have_count(1)
    expect(messages.get_by_role("link", name=re.compile("^Veranderd"))).to_have_count(0)
    night.stop(resident, "messages")
