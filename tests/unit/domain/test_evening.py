"""The script of an evening: which steps follow from programme and rounds, and where one stands when they change."""

from app.domain.evening import Ask, Does, Item, Kind, Scene, Script, script

GREEN = Item("theme:3", Kind.THEME, 30, 3, "Groen")
RIVER = Item("theme:5", Kind.THEME, 20, 5, "Maas")
PAUSE = Item("block:2", Kind.BREAK, 15, None, "Pauze")
OPENING = Item("block:1", Kind.BLOCK, 10, None, "Welkom")
CLOSING = Item("block:9", Kind.BLOCK, 5, None, "Borrel")
WAY_IN, END = ["join", "programme", "themes"], ["focus", "thanks"]


def keys(made: Script) -> list[str]:
    return [step.key for step in made.steps]


def test_without_a_programme_there_is_a_way_in_and_an_end() -> None:
    assert keys(script([], [])) == [*WAY_IN, *END]


def test_every_theme_has_its_rounds_and_its_outcome() -> None:
    made = script([OPENING, GREEN, PAUSE, RIVER], [Ask(8, 5, "Welke brug?"), Ask(7, 3)])
    assert keys(made) == [
        *WAY_IN,
        *("theme:3", "round:7:open", "round:7:close", "round:7:reveal", "outcome:3"),
        "break:block:2",
        *("theme:5", "round:8:open", "round:8:close", "round:8:reveal", "outcome:5"),
        *END,
    ]
    step = made.step("round:8:close")
    assert step is not None
    assert (step.scene, step.does, step.theme_id, step.round_id, step.part, step.title) == (
        *(Scene.ROUND, Does.CLOSE, 5, 8),
        *("theme:5", "Welke brug?"),
    )
    assert [(step.key, step.minutes) for step in made.steps if step.minutes] == [
        *(("programme", 10), ("theme:3", 30), ("break:block:2", 15), ("theme:5", 20)),
    ]
    pause = made.step("break:block:2")
    assert pause is not None
    assert (pause.scene, pause.does) == (Scene.BREAK, Does.TIME)


def test_fixed_parts_have_a_step_with_their_minutes() -> None:
    talk = Item("block:4", Kind.BLOCK, 20, None, "Een spreker")
    free = Item("free", Kind.FREE, 7)
    made = script([OPENING, talk, GREEN, talk, PAUSE, RIVER, free, talk, CLOSING], [Ask(1, None), Ask(2, 3)])
    assert keys(made) == [
        *("join", "programme", "part:block:4", "themes", "round:1:open", "round:1:close", "round:1:reveal"),
        *("theme:3", "round:2:open", "round:2:close", "round:2:reveal", "outcome:3", "part:block:4"),
        *("break:block:2", "theme:5", "outcome:5", "part:block:4", "part:block:9", *END),
    ]
    opening, closing = made.step("programme"), made.step("part:block:9")
    assert opening is not None
    assert closing is not None
    assert [(step.scene, step.part, step.minutes, step.title) for step in (opening, closing)] == [
        (Scene.PROGRAMME, "block:1", 10, "Welkom"),
        (Scene.PROGRAMME, "block:9", 5, "Borrel"),
    ]
    # What is shown meanwhile belongs to the same part, so that its minutes stay those of the timer.
    parts = {step.key: step.part for step in made.steps}
    assert [parts[key] for key in ("join", "themes", "round:1:open", "focus", "thanks")] == [
        *("", "block:4", "block:4", "block:9", "block:9"),
    ]
    # A programme of blocks alone has each of them once.
    assert keys(script([OPENING, talk], [])) == ["join", "programme", "part:block:4", "themes", *END]


def test_rounds_of_the_whole_evening_come_early_or_late() -> None:
    made = script([GREEN], [Ask(1, None), Ask(2, 3), Ask(3, None), Ask(4, 99)])
    opened = [key for key in keys(made) if key.endswith("open")]
    assert opened == ["round:1:open", "round:2:open", "round:3:open", "round:4:open"]
    assert keys(made).index("round:1:open") == len(WAY_IN)
    assert keys(made).index("round:3:open") > keys(made).index("outcome:3")
    # Without a round of a theme there is no "before": all stand at the end.
    alone = keys(script([GREEN], [Ask(1, None)]))
    assert alone.index("round:1:open") > alone.index("outcome:3")


def test_forwards_and_back() -> None:
    made = script([GREEN], [])
    assert made.following("") == made.step("programme")
    assert made.before("") is None
    assert made.following("themes") == made.step("theme:3")
    assert made.before("theme:3") == made.step("themes")
    assert made.following("thanks") is None
    assert made.before("join") is None


def test_a_step_that_went_away_is_followed_by_what_stands_in_its_place() -> None:
    before = script([GREEN, RIVER], [])
    place = before.place("theme:3")
    assert place == 3
    after = script([RIVER], [])
    assert after.place("theme:3") is None
    assert after.following("theme:3", place) == after.step("theme:5")
    assert after.before("theme:3", place) == after.step("themes")
    # Also when so much went away that its place is not there any more.
    assert after.following("theme:3", 99) is None
    assert after.before("theme:3", 99) == after.step("thanks")


def test_a_step_that_moved_is_followed_by_what_comes_after_it_now() -> None:
    made = script([RIVER, GREEN], [])
    assert made.following("outcome:3", 4) == made.step("focus")


def test_what_stands_beside_the_steps_is_found_and_has_no_place() -> None:
    made = script([], [])
    ideas = made.step("ideas")
    assert ideas is not None
    assert ideas.scene is Scene.IDEAS
    assert made.place("ideas") is None
    assert made.step("nonsense") is None
