"""The explanation: what stands on the page is what the ranking computes, and what anybody computes by hand."""

import json
import re
from collections.abc import Callable
from fractions import Fraction
from math import cbrt, prod, sqrt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ranking import AgendaMethod, Method, ThemeMethod
from app.features.ranking import example
from app.features.ranking.example import PEOPLE, RECENT, TALLIES
from tests import factories
from tests.support import visit
from tests.support.page import Page

THIRD = Fraction(1, 3)
TITLES = {
    "cycle_path": "Een fietspad langs het water",
    "benches": "Meer bankjes in het park",
    "lamps": "Lampen die vanzelf dimmen",
    "parking_app": "Een app voor parkeren",
}
THEMES = {"traffic": "Verkeer", "green": "Groen", "care": "Zorg", "water": "Water", "digital": "Digitaal"}
OF_IDEA = ("traffic", "traffic", "traffic", "green", "green", "care", "water", "digital")
MINUTES = {"traffic": 40, "green": 30, "care": 30, "water": 20, "digital": 30}


_fetched: list[Page] = []


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """The page of an empty site, fetched and inspected once: it is the same for everybody."""
    if not _fetched:
        _fetched.append(visit(client, "/over/rangschikking"))
    return _fetched[0]


pytestmark = pytest.mark.one_database


def plain(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").replace("−", "-").split())


def table(page: Page, label: str) -> list[list[str]]:
    """The rows of the table in the region with this name."""
    region = page.one(f'.table-scroll[aria-label="{label}"]')
    return [[plain(cell.get_text(" ")) for cell in row.select("th, td")] for row in region.select("tbody tr")]


def percent(value: Fraction | float) -> str:
    return f"{float(value) * 100:.1f} %".replace(".", ",")


# --- the same by hand, with fractions


def shares_by_hand() -> dict[str, list[Fraction]]:
    """a_g = (p + 5 mu) / (n + 5), mu = (sum p + 1) / (sum n + 2)."""
    found: dict[str, list[Fraction]] = {}
    for group in range(3):
        yes = sum(counts[group][0] for counts in TALLIES.values())
        all_ = sum(sum(counts[group]) for counts in TALLIES.values())
        mean = Fraction(yes + 1, all_ + 2)
        for key, counts in TALLIES.items():
            found.setdefault(key, []).append(
                (counts[group][0] + 5 * mean) / (counts[group][0] + counts[group][1] + 5)
            )
    return found


def wilson_by_hand(p: int, n: int) -> float:
    z, share = 1.959963984540054, p / n
    middle = share + z * z / (2 * n)
    return (middle - z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def by_hand() -> dict[Method, dict[str, float]]:
    shares = shares_by_hand()
    p = {key: sum(group[0] for group in counts) for key, counts in TALLIES.items()}
    q = {key: sum(group[1] for group in counts) for key, counts in TALLIES.items()}
    n = {key: p[key] + q[key] for key in p}
    return {
        Method.DRAAGVLAK: {key: float(sum(shares[key]) * THIRD) for key in p},
        Method.BRUG: {key: cbrt(float(prod(shares[key]))) for key in p},
        Method.ZEKERHEID: {key: wilson_by_hand(p[key], n[key]) for key in p},
        Method.NETTO: {key: float(p[key] - q[key]) for key in p},
        Method.OMSTREDEN: {
            key: float(Fraction(4 * p[key] * q[key], n[key] ** 2) * Fraction(n[key], n[key] + 10))
            for key in p
        },
        Method.GROEPSVERSCHIL: {key: float(max(shares[key]) - min(shares[key])) for key in p},
        Method.ACTUEEL: {
            key: float(
                sum(number * value * Fraction(1, 2) ** Fraction(days, 7) for number, value, days in rows)
            )
            for key, rows in RECENT.items()
        },
    }


def test_the_votes_of_current_are_the_votes_of_the_table() -> None:
    for key, rows in RECENT.items():
        for side, value in ((0, 1), (1, -1)):
            assert sum(row[0] for row in rows if row[1] == value) == sum(g[side] for g in TALLIES[key])


@pytest.mark.parametrize("method", Method)
def test_the_order_on_the_page_is_the_computed_one_and_the_one_by_hand(page: Page, method: Method) -> None:
    ranking = example.compute().ideas[method]
    expected = sorted(by_hand()[method].items(), key=lambda pair: -pair[1])
    assert [row.id for row in ranking.rows()] == [key for key, _score in expected]
    assert [row.score for row in ranking.rows()] == pytest.approx(
        [score for _key, score in expected], abs=1e-11
    )
    section = page.one(f"section#{method.value}")
    region = section.select(".table-scroll")[-1]
    rows = [[plain(cell.get_text(" ")) for cell in row.select("th, td")] for row in region.select("tbody tr")]
    assert [row[:2] for row in rows] == [
        [str(place), TITLES[key]] for place, (key, _score) in enumerate(expected, start=1)
    ]
    for row, (key, score) in zip(rows, expected, strict=True):
        if method in (Method.NETTO, Method.ACTUEEL):
            assert float(row[-1].replace(",", ".")) == score
        else:
            assert row[-1] == percent(score)
        if method.sees_groups:
            assert row[2:5] == [percent(share) for share in shares_by_hand()[key]]


def number(text: str) -> float:
    """A number as the page writes it; a share as a number of percents."""
    return float(text.replace("%", "").replace(".", "").replace(",", ".").replace("+", " ").strip())


def worked_out(terms: str) -> float:
    """What a sum on the page comes to, computed with the figures as they stand there."""
    text = terms.replace(",", ".").replace("×", "*").replace("²", "**2")
    text = re.sub(r"([\d.]+) %", r"(\1 / 100)", text)
    root = text.startswith("∛")
    value = eval(text.removeprefix("∛"), {"__builtins__": {}})
    return cbrt(value) if root else float(value)


def test_every_sum_on_the_page_comes_to_its_outcome(page: Page) -> None:
    checked = 0
    for row in page.all(".explained tbody tr"):
        cells = [plain(cell.get_text(" ")) for cell in row.select("th, td")]
        heads = [plain(head.get_text(" ")) for head in row.find_parent("table").select("thead th")]  # type: ignore[union-attr]
        if heads != ["Wat", "Som", "Uitkomst"] or re.search("[a-z]", cells[1]):
            continue
        assert re.fullmatch(r"[∛()\d.,%×/+² -]+", cells[1]), cells
        value = worked_out(cells[1])
        shown = number(cells[2]) / (100 if "%" in cells[2] else 1)
        if cells[1].startswith("1/3"):
            value /= worked_out("1/3 / (7 + 10)")
        assert shown == pytest.approx(value, abs=0.00051 if "%" in cells[2] else 0.0051), cells
        checked += 1
    assert checked == 3 + 4 + 1 + 1 + 1 + 1 + 1 + 1 + 3


def test_careful_shares_average_to_their_score_as_they_are_shown(page: Page) -> None:
    for row in table(page, "De volgorde volgens Draagvlak"):
        shares = [number(cell) for cell in row[2:5]]
        assert round(sum(shares) / 3, 1) == number(row[5])
    for row in table(page, "De volgorde volgens Groepsverschil"):
        shares = [number(cell) for cell in row[2:5]]
        assert round(max(shares) - min(shares), 1) == number(row[5])


def test_the_story_about_the_cycle_path_is_true(page: Page) -> None:
    assert "Toch staat het derde: zes van de acht raadsleden zijn tegen." in page.text
    assert TALLIES["cycle_path"][1] == (2, 6)
    assert max(TALLIES, key=lambda key: sum(group[0] for group in TALLIES[key])) == "cycle_path"
    assert (
        sorted(by_hand()[Method.DRAAGVLAK].values(), reverse=True)[2]
        == by_hand()[Method.DRAAGVLAK]["cycle_path"]
    )


# --- themes


def stand_by_hand() -> dict[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = {}
    for who, _group, signs in PEOPLE:
        found[who] = {}
        for theme in THEMES:
            cast = [sign for sign, of in zip(signs, OF_IDEA, strict=True) if of == theme and sign != "."]
            found[who][theme] = sum(1 if sign == "+" else -1 for sign in cast) if cast else None
    return found


def test_everybody_stands_where_the_votes_put_them(page: Page) -> None:
    signs = {"+": "+", "-": "-", ".": ""}
    assert table(page, "Wat iedereen stemde op de acht ideeën") == [
        [who, *(signs[sign] for sign in cast)] for who, _group, cast in PEOPLE
    ]
    rows = table(page, "Waar iedereen staat bij de vijf thema's")
    assert rows == [
        [who, *("" if net is None else f"{net:+d}" if net else "0" for net in stand.values())]
        for who, stand in stand_by_hand().items()
    ]
    stands = stand_by_hand()
    assert (stands["I1"]["traffic"], stands["R3"]["traffic"]) == (1, 0)


@pytest.mark.parametrize("method", ThemeMethod)
def test_themes_stand_in_the_order_of_their_supporters(page: Page, method: ThemeMethod) -> None:
    stands = stand_by_hand()
    group = {who: number for who, number, _signs in PEOPLE}
    counts = {
        theme: [
            [
                sum(1 for who, net in stands.items() if group[who] == g and is_side(net[theme]))
                for g in range(3)
            ]
            for is_side in (lambda net: net is not None and net > 0, lambda net: net is not None and net < 0)
        ]
        for theme in THEMES
    }
    rows = table(page, f"De thema's volgens {method.value}")
    for row in rows:
        theme = next(key for key, title in THEMES.items() if title == row[1])
        assert row[2:4] == [" / ".join(map(str, side)) for side in counts[theme]]
        if method is ThemeMethod.BEREIK:
            assert row[4] == str(sum(counts[theme][0]))
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
    if method is ThemeMethod.MEERDERHEID:
        score = _majority(counts)
        assert [row[1] for row in rows] == [THEMES[key] for key in sorted(score, key=lambda key: -score[key])]
        assert [row[4] for row in rows] == [percent(value) for value in sorted(score.values(), reverse=True)]


def _majority(counts: dict[str, list[list[int]]]) -> dict[str, Fraction]:
    score = dict.fromkeys(counts, Fraction(0))
    for g in range(3):
        yes = sum(side[0][g] for side in counts.values())
        no = sum(side[1][g] for side in counts.values())
        mean = Fraction(yes + 1, yes + no + 2)
        for theme, (for_, against) in counts.items():
            score[theme] += THIRD * (for_[g] + 5 * mean) / (for_[g] + against[g] + 5)
    return score


# --- the agenda


def mes_by_hand(endowment: Fraction, ballots: dict[str, list[str]]) -> list[tuple[str, dict[str, Fraction]]]:
    """Equal shares among people, written anew: the theme with the lowest price per minute is paid for first."""
    purse = {who: endowment / len(ballots) for who in ballots}
    bought: list[tuple[str, dict[str, Fraction]]] = []
    while True:
        best: tuple[Fraction, str, dict[str, Fraction]] | None = None
        for theme, cost in MINUTES.items():
            backers = sorted((who for who in ballots if theme in ballots[who]), key=lambda who: purse[who])
            if theme in [name for name, _paid in bought] or sum(purse[who] for who in backers) < cost:
                continue
            rest, paid = Fraction(cost), dict[str, Fraction]()
            for place, who in enumerate(backers):
                paid[who] = min(purse[who], rest / (len(backers) - place))
                rest -= paid[who]
            price = max(paid.values()) / cost
            if best is None or price < best[0]:
                best = (price, theme, paid)
        if best is None:
            return bought
        for who, part in best[2].items():
            purse[who] -= part
        bought.append((best[1], best[2]))


def ballots_by_hand() -> dict[str, list[str]]:
    return {
        who: [theme for theme, net in stand_by_hand()[who].items() if net is not None and net > 0]
        for who, _group, signs in PEOPLE
        if sum(sign != "." for sign in signs) >= 3
    }


def add1_by_hand(budget: int) -> int:
    """The endowment at which nothing that is supported fits any more, or the last before it is too much."""
    ballots, kept = ballots_by_hand(), budget
    for endowment in range(budget, 3 * budget + 1):
        items = [theme for theme, _paid in mes_by_hand(Fraction(endowment), ballots)]
        spent = sum(MINUTES[theme] for theme in items)
        if spent > budget:
            return kept
        kept = endowment
        if all(MINUTES[theme] > budget - spent for theme in MINUTES if theme not in items):
            return kept
    return kept


def test_everybody_pays_what_equal_shares_say(page: Page) -> None:
    ballots, endowment = ballots_by_hand(), add1_by_hand(100)
    outcome = mes_by_hand(Fraction(endowment), ballots)
    draft = example.compute().shares.draft
    assert draft.endowment == endowment
    assert [entry.id for entry in draft.entries] == [theme for theme, _paid in outcome]
    start = Fraction(endowment, len(ballots))
    rows = table(page, "Wie betaalt wat, in minuten")
    assert [row[0] for row in rows] == list(ballots)
    for row in rows:
        mine = ballots[row[0]]
        assert row[1] == ", ".join(THEMES[theme] for theme in mine)
        shown = [Fraction(cell.replace(",", ".") or "0") for cell in row[2:]]
        paid = [parts.get(row[0], Fraction(0)) for _theme, parts in outcome]
        assert shown == [start, *paid, start - sum(paid)]
    foot = page.one('.table-scroll[aria-label="Wie betaalt wat, in minuten"] tfoot')
    totals = [Fraction(plain(cell.get_text()).replace(",", ".")) for cell in foot.select("td")[1:]]
    columns = list(
        zip(*([Fraction(c.replace(",", ".") or "0") for c in row[2:]] for row in rows), strict=True)
    )
    assert totals == [sum(column) for column in columns]
    assert totals[1:-1] == [MINUTES[theme] for theme, _paid in outcome]


def test_the_sentences_about_the_rounds_are_true(page: Page) -> None:
    ballots = ballots_by_hand()
    first = [theme for theme, _paid in mes_by_hand(Fraction(100), ballots)]
    assert first == ["green", "care"]
    assert (
        "Met 100 minuten krijgt iedereen er 8,333. Dan zijn alleen deze thema's te betalen: Groen en Zorg."
        in page.text
    )
    assert "Bij 114 minuten heeft iedereen er 9,5, en is ook Water te betalen." in page.text
    outcome = dict(mes_by_hand(Fraction(114), ballots))
    assert sorted(set(outcome["care"].values())) == [Fraction("4.5"), Fraction("6.375")]
    assert "(30 - 4,5) / 4 = 6,375" in plain(page.text)
    purse = {who: Fraction(114, 12) - sum(paid.get(who, 0) for paid in outcome.values()) for who in ballots}
    for theme, title in THEMES.items():
        if theme in outcome:
            continue
        behind = sum(purse[who] for who in ballots if theme in ballots[who])
        money, short = (f"{float(value):g}".replace(".", ",") for value in (behind, MINUTES[theme] - behind))
        assert (
            f"{title} duurt {MINUTES[theme]} minuten. De voorstanders hebben nog {money}, dus er ontbreken er {short}."
            in page.text
        )


def test_groups_pay_minutes_that_add_up(page: Page) -> None:
    draft = example.compute().per_group
    rows = table(page, "Betaalde minuten per groep")
    assert [row[0] for row in rows] == [THEMES[str(entry.id)] for entry in draft.entries]
    for row, entry in zip(rows, draft.entries, strict=True):
        shown = [Fraction(cell.replace(",", ".")) for cell in row[1:4]]
        assert sum(shown) == int(row[4]) == entry.minutes
        for part, exact in zip(shown, entry.paid, strict=True):
            assert isinstance(exact, Fraction)
            assert abs(part - exact) < Fraction(1, 10)
    assert draft.certificate.holds
    assert "In al die gevallen is de belofte nagekomen." in page.text


def test_the_agenda_of_the_example_is_drawn_with_its_table(page: Page) -> None:
    figure = page.one(".agenda-bar figure")
    rows = [[plain(cell.get_text()) for cell in row.select("th, td")] for row in figure.select("tbody tr")]
    assert sum(int(row[1]) for row in rows) == example.WORKSHOP
    assert [row[0] for row in rows] == ["Opening", "Groen", "Zorg", "Water", "Pauze", "Niet gevuld"]


# --- the rest of the page, and the register


def test_every_method_says_where_it_falls_short_and_the_contents_lead_to_it(page: Page) -> None:
    assert len(page.texts(".limit")) == len(Method) + len(ThemeMethod) + 1
    targets = [link.removeprefix("#") for link in page.links(".contents a")]
    assert len(targets) == 8 + len(Method)
    for target in targets:
        assert page.soup.find(id=target) is not None, target
    for kind in (Method, ThemeMethod, AgendaMethod):
        for method in kind:
            assert method.versioned in page.text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_explanation_is_there_in_both_languages(client: FlaskClient, prefix: str) -> None:
    page = visit(client, f"{prefix}/over/rangschikking")
    words = "falls short" if prefix else "tekortschiet"
    assert words in page.text
    assert ("tekortschiet" in page.text) is not bool(prefix)


def test_the_example_is_computed_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    visit(client, "/over/rangschikking")

    def fail(*_given: object) -> None:
        raise AssertionError("computed anew")

    monkeypatch.setattr(example, "rank_ideas", fail)
    monkeypatch.setattr(example, "draft_agenda", fail)
    visit(client, "/over/rangschikking", max_queries=3)


def test_the_register_holds_the_settings_in_force(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app()
    client = app.test_client()
    with app.app_context():
        process = factories.a_process(title="Visie op licht", ranking_settings={"n_min": 8})
        factories.a_call(process)
        db.session.commit()
    page = visit(client, "/over/algoritmeregister", max_queries=4)
    fields = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    settings = dict(zip(page.texts(".register dl dt"), page.texts(".register dl dd"), strict=True))
    site = app.config["SITE"]
    assert fields["Verantwoordelijke organisatie"] == site.municipality
    assert fields["Contact"] == site.contact_email
    assert fields["Gebruikt voor"] == "Visie op licht"
    assert settings["Stemmen die een idee nodig heeft voor een plaats (n_min)"] == "8"
    assert "n_min" not in page.text.replace("(n_min)", ""), "every setting stands there by its plain name"
    assert len(page.all("section")) == 3
    answer = client.get("/open-data/algoritmeregister")
    assert answer.headers["Content-Disposition"] == "attachment; filename=algoritmeregister.json"
    record = json.loads(answer.text)
    assert record["parameters"]["n_min"] == 8
    assert record["weighting"] == "per_group"
    assert record["organization"] == site.municipality
    assert set(record["versions"]) == {
        m.versioned for kind in (Method, ThemeMethod, AgendaMethod) for m in kind
    }
    assert record["explanation"].startswith(site.site_url)
    for key in (
        "name",
        "goal",
        "human_intervention",
        "risks",
        "lawful_basis",
        "source_data",
        "methods_and_models",
    ):
        assert record[key]
    assert json.loads(client.get("/en/open-data/algoritmeregister").text)["lang"] == "en"


def test_the_explanation_leads_to_the_register(page: Page) -> None:
    assert "/over/algoritmeregister" in page.links()
    assert "/ranglijst/beelden" in page.links()
