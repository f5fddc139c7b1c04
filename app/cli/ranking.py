"""The ranking of ideas and themes: show it, recount it."""

import json
import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.refusal import Refusal
from app.db import begin_read, db
from app.domain.ranking import Method, Weighting, ideas_record, themes_record
from app.domain.ranking.canonical import sha256
from app.domain.ranking.records import Plain
from app.kit import audit, clock
from app.models.idea import Idea
from app.models.process import Call, Theme
from app.models.seal import Snapshot
from app.models.vote import Tally
from app.records import calls, stand_recounts, standings, tallies, vote_tables
from app.records.calls import CallRow

ranking = AppGroup("ranking", help="The ranking of ideas and themes.")


def chosen_call(slug: str | None) -> CallRow:
    """The call of this name, or the main call. Raises Refusal when there is none."""
    call = calls.by_slug(slug) if slug else calls.main_call()
    if call is None:
        raise Refusal(f"There is no call {slug!r}." if slug else "There is no call yet.")
    return call


@ranking.command("show")
@click.option("--call", "slug", help="Name of the call in its address; default: the main call.")
@click.option("--method", type=click.Choice([m.value for m in Method]), default=Method.DRAAGVLAK.value)
@click.option(
    "--weighting", type=click.Choice([w.value for w in Weighting]), help="Default: as the process says."
)
@click.option("--themes", "by_theme", is_flag=True, help="Rank themes instead of ideas.")
@click.option("--top", type=click.IntRange(1), default=20, help="How many rows to print (not with --json).")
@click.option("--json", "as_json", is_flag=True, help="Everything, with every explanation, as JSON.")
def show(
    slug: str | None, method: str, weighting: str | None, by_theme: bool, top: int, as_json: bool
) -> None:
    """Show the ranking of a call as it stands now."""
    begin_read()
    call = chosen_call(slug)
    weigh = Weighting(weighting) if weighting else None
    if by_theme:
        themes = vote_tables.ranked_themes(call.id, weighting=weigh)
        titles = _titles(Theme, [int(row.id) for row in (*themes.rows, *themes.too_few)])
        if as_json:
            _print_json({"call": call.slug, "titles": titles, **told(themes_record(themes))})
            return
        for row in themes.rows[:top]:
            click.echo(f"{row.rank:>4}  {row.score:.3f}  {row.reach:>5} supporters  {titles[int(row.id)]}")
        return
    ideas = vote_tables.ranked_ideas(call.id, Method(method), weigh, clock.now())
    if as_json:
        ids = [int(idea) for idea in ideas.ids] + [int(row.id) for row in ideas.too_few]
        _print_json({"call": call.slug, "titles": _titles(Idea, ids), **told(ideas_record(ideas))})
        return
    shown = ideas.rows(0, top)
    titles = _titles(Idea, [int(row.id) for row in shown])
    for place in shown:
        score = f"{place.score:.3f}" if place.score is not None else ""
        click.echo(
            f"{place.rank:>4}  {score}  {place.p:>5} for {place.q:>5} against  {titles[int(place.id)]}"
        )
    if ideas.too_few:
        click.echo(f"      {len(ideas.too_few)} ideas have too few votes to be ranked.")
    click.echo(
        f"      Lots among equals: seed with SHA-256 {sha256(ideas.seed)}, told when the standing is sealed."
    )


@ranking.command("recount")
@click.option("--repair", is_flag=True, help="Write the tallies anew where they differ.")
@click.option(
    "--stand", type=int, help="Count this sealed standing again instead, from the votes themselves."
)
@click.option("--call", "slug", help="With --stand: name of the call in its address; default: the main call.")
def recount(repair: bool, stand: int | None, slug: str | None) -> None:
    """Compare every tally with the votes themselves; ends 1 when they differ."""
    if stand is not None:
        if repair:
            raise Refusal("A sealed standing is never changed, so there is nothing to repair.")
        _recount_stand(numbered(stand, slug))
        return
    found = tallies.differences()
    for row in found:
        click.echo(
            f"idea {row.idea_id}, {row.group}: tally {row.stands[0]} for {row.stands[1]} against, "
            f"votes {row.counted[0]} for {row.counted[1]} against"
        )
    if not found:
        click.echo("Every tally equals its votes.")
    elif repair:
        ideas = sorted({row.idea_id for row in found})
        tallies.rebuild(ideas)
        told = {"count": len(found), "ideas": ideas}
        audit.record(
            None, "ranking.repair", Tally(), clock.now(), after=told, why="flask ranking recount --repair"
        )
        db.session.commit()
        click.echo(f"{len(found)} tallies were written anew.")
    else:
        sys.exit(1)


def numbered(number: int, slug: str | None) -> Snapshot:
    """A sealed standing by its number in a call, or in the main call. Raises Refusal when there is none."""
    call = chosen_call(slug)
    found = db.session.scalar(select(Snapshot).where(Snapshot.call_id == call.id, Snapshot.number == number))
    if found is None:
        raise Refusal(f"There is no standing {number} of {call.slug}.")
    return found


def _recount_stand(found: Snapshot) -> None:
    click.echo("Counting all votes anew …", err=True)
    result = stand_recounts.recount(found.id)
    for difference in result.differences:
        click.echo(str(difference))
    if not result.whole:
        ideas = ", ".join(map(str, result.changed_ideas[:20]))
        more = ", …" if len(result.changed_ideas) > 20 else ""
        click.echo(
            f"Votes cast or changed since the cut-off: {result.changed}. So these ideas cannot be compared: "
            f"{ideas or 'none'}{more}; nor can themes, ballots and the digest of all votes."
        )
    if result.differences:
        sys.exit(1)
    click.echo(
        f"Ideas whose votes give the same counts as the standing: {result.ideas}."
        + (" So do themes, ballots and the digest of all votes." if result.whole else "")
    )


@ranking.command("refresh")
def refresh() -> None:
    """Compute themes and agendas of all calls anew where anything changed."""
    for call_id in db.session.scalars(select(Call.id)).all():
        standings.refresh(call_id, clock.now())
    click.echo("Standings are up to date.")


def told(record: dict[str, Plain]) -> dict[str, Plain]:
    """A record with the hash of its seed: the seed itself stays secret until a standing is sealed."""
    seed = str(record.pop("seed"))
    return {**record, "seed_hash": sha256(seed)}


def _titles(table: type[Idea] | type[Theme], ids: list[int]) -> dict[int, str]:
    return {
        row[0]: row[1] for row in db.session.execute(select(table.id, table.title).where(table.id.in_(ids)))
    }


def _print_json(record: dict[str, object]) -> None:
    click.echo(json.dumps(record, ensure_ascii=False, sort_keys=True, indent=2))
