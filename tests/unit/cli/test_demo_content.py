"""The texts of the demo keep to the limits that visitors have to keep to, and refer only to what exists."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.demo import content
from app.cli.demo.calendar import Calendar
from app.domain.ballot import Group, Side
from app.domain.lifecycle import (
    ARGUMENT_LENGTH,
    BODY_LENGTH,
    REASON_LENGTH,
    SUMMARY_LENGTH,
    THEMES_PER_IDEA,
    TITLE_LENGTH,
    IdeaState,
    PublicStatus,
    RefusalReason,
)
from app.models.moderation import ModerationVerb, ReportReason
from app.models.practice import PracticeLevel

ROOT = Path(__file__).parents[3]
IDEAS = content.ideas()
KEYS = {idea["key"] for idea in IDEAS}
THEMES = content.read("themes")["themes"]
THEME_KEYS = {theme["key"] for theme in THEMES}
ORGANISATIONS = content.read("organisations")["organisations"]
AREAS = content.read("people")["areas"]
OUTSIDE_THE_SITE = re.compile(r"\b(u|uw|jullie)\b", re.IGNORECASE)


def said() -> Iterator[tuple[str, content.Entry]]:
    """Every argument and reply, with the key of its idea."""
    for idea in IDEAS:
        for argument in content.arguments(idea["key"]):
            yield idea["key"], argument
            yield from ((idea["key"], reply) for reply in argument.get("replies", ()))


def within(text: str, limits: tuple[int, int]) -> bool:
    return limits[0] <= len(text) <= limits[1]


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea["key"])
def test_an_idea_keeps_to_the_limits(idea: content.Entry) -> None:
    assert within(idea["title"], TITLE_LENGTH)
    assert within(idea["summary"], SUMMARY_LENGTH)
    assert within(content.paragraphs(idea["text"]), BODY_LENGTH)
    assert within("x" * len(set(idea["themes"])), THEMES_PER_IDEA)
    assert set(idea["themes"]) <= THEME_KEYS
    assert idea.get("area", "") in {"", *AREAS}
    IdeaState(idea.get("state", "published"))
    for change in idea.get("status", ()):
        PublicStatus(change["to"])
        assert within(change["reason"], REASON_LENGTH)
    if decision := idea.get("decision"):
        assert within(decision["sentence"], REASON_LENGTH)
        assert decision["verb"] != ModerationVerb.REFUSE or RefusalReason(decision["reason"])


def test_every_argument_keeps_to_the_limits_and_no_two_are_the_same() -> None:
    texts = Counter(entry["text"] for _, entry in said() if entry.get("state") != "deleted")
    assert not [text for text in texts if not within(text, ARGUMENT_LENGTH)]
    assert max(texts.values()) == 1
    for idea in IDEAS:
        for argument in content.arguments(idea["key"]):
            Side(argument["side"])
            for report in argument.get("reports", ()):
                ReportReason(report["reason"])


def test_keys_are_unique_and_references_exist() -> None:
    assert len(KEYS) == len(IDEAS)
    assert len({idea["title"] for idea in IDEAS}) == len(IDEAS)
    assert {idea["into"] for idea in IDEAS if "into" in idea} <= KEYS
    assert {entry["idea"] for entry in content.read("arguments")["arguments"]} <= KEYS
    assert {entry["idea"] for entry in content.read("inbox")["reports"]} <= KEYS
    calls = {
        call["key"]: call["audience"]
        for name in ("process", "process_2019")
        for call in content.read(name)["calls"]
    }
    assert {idea["call"] for idea in IDEAS} == set(calls)
    partners = {entry["slug"] for entry in ORGANISATIONS}
    speakers = {entry.get("by", "resident") for entry in IDEAS} | {
        entry.get("by", "resident") for _, entry in said()
    }
    assert {who.partition(":")[2] for who in speakers if who.startswith("partner:")} <= partners
    assert {who.partition(":")[0] for who in speakers} <= {"resident", "council", "partner", "demo"}
    assert all(idea.get("by") == "council" for idea in IDEAS if calls[idea["call"]] == "council")


def test_there_is_as_much_as_the_product_asks_for() -> None:
    main = Counter(idea.get("state", "published") for idea in IDEAS if idea["call"] == "main")
    assert main["published"] >= 50
    assert main["submitted"] >= 8
    assert set(main) == set(IdeaState)
    for call in ("procedure", "research"):
        assert 4 <= sum(idea["call"] == call for idea in IDEAS) <= 6
    assert sum(1 for _ in said()) >= 240
    assert 9 <= len(THEMES) <= 12
    assert 25 <= sum(entry["people"] for entry in ORGANISATIONS) <= 35
    published = {idea["themes"][0] for idea in IDEAS if idea.get("state", "published") == "published"}
    assert published == THEME_KEYS


def test_themes_and_practices_are_complete() -> None:
    for theme in THEMES:
        assert (ROOT / "static/images/icons" / f"{theme['icon']}.svg").is_file(), theme["icon"]
        assert 1 <= theme["accent"] <= 6
        assert 20 <= theme["minutes"] <= 45
    practices = content.read("practices")["practices"]
    assert {PracticeLevel(practice["level"]) for practice in practices} == set(PracticeLevel)
    for practice in practices:
        assert set(practice["themes"]) <= THEME_KEYS
        assert practice["url"].startswith("https://")
        assert practice["done"]
        assert practice["learned"]


def test_the_text_of_the_letter_is_all_there() -> None:
    named = {entry["name"] for entry in ORGANISATIONS}
    assert named >= {
        "Provincie Limburg",
        "Universiteit Maastricht",
        "Zuyd Hogeschool",
        "CBS",
        "Centrummanagement",
        "Gemeente Hasselt",
        "Brightlands",
        "MUMC+",
    }
    titles = {practice["title"] for practice in content.read("practices")["practices"]}
    assert titles >= {"NL DIGIbeter", "Smart society", "Stem van Nieuw-West", "Code Rotterdam"}
    old = {activity["key"]: activity for activity in content.read("process_2019")["activities"]}
    assert old["letter_2019"]["starts"]["date"] == "2019-01-30"
    assert old["study_2019"]["starts"]["date"] == "2019-02-08"
    assert old["information_2019"]["starts"]["date"] == "2019-03-19"
    assert len(old["information_2019"]["parts"]) == 3
    assert "tweede kwartaal" in old["workshop_2019"]["date_text"]
    assert "starts" not in old["workshop_2019"]


def test_people_are_addressed_in_the_je_form() -> None:
    for path in sorted(content.FOLDER.rglob("*.toml")):
        found = OUTSIDE_THE_SITE.findall(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found}"


def test_tastes_name_every_theme_and_group() -> None:
    taste = content.read("taste")
    assert set(taste["groups"]) == set(Group)
    for leaning in taste["groups"].values():
        assert set(leaning) == THEME_KEYS
    assert set(taste["kinds"]) | {"river"} == {area["kind"] for area in AREAS.values()}
    assert all(set(kind) <= THEME_KEYS for kind in taste["kinds"].values())


def test_addresses_of_people_lie_in_a_domain_that_never_gets_mail() -> None:
    people = content.read("people")
    emails = [entry["email"] for entry in (*people["demo"], *people["staff"])]
    domains = [email.partition("@")[2] for email in emails] + [entry["domain"] for entry in ORGANISATIONS]
    assert all(domain.endswith(".example") for domain in domains)


@pytest.mark.parametrize("month", [1, 3, 7, 10])
def test_a_moment_moves_on_to_its_weekday_and_keeps_the_clock_of_the_city(month: int) -> None:
    calendar = Calendar.around(datetime(2026, month, 28, 23, 30, tzinfo=UTC))
    moment = calendar.at({"day": 6, "weekday": "wednesday", "time": "17:00"})
    assert 6 <= (moment - calendar.midnight).days <= 13
    assert moment.weekday() == 2
    assert moment.hour in (15, 16)
    assert calendar.at({"date": "2019-01-30"}) == datetime(2019, 1, 29, 23, 0, tzinfo=UTC)
