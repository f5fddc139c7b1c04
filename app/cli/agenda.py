"""The agenda of a workshop."""

import json

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.ranking import chosen_call, told
from app.cli.refusal import Refusal
from app.db import begin_read, db
from app.domain.ranking import AgendaDraft, Weighting, agenda_record, number, withhold
from app.models.process import Theme
from app.models.workshop import Workshop
from app.records import agenda_ballots, standings, vote_tables

agenda = AppGroup("agenda", help="The agenda of a workshop.")


@agenda.command("draft")
@click.option("--workshop", "workshop_id", type=int, help="A workshop with its minutes and fixed blocks.")
@click.option(
    "--call", "slug", help="Without a workshop: the call whose themes compete; default: the main call."
)
@click.option(
    "--minutes", type=click.IntRange(1, 6000), default=120, help="Without a workshop: minutes to divide."
)
@click.option(
    "--weighting", type=click.Choice([w.value for w in Weighting]), help="Default: as the process says."
)
@click.option("--json", "as_json", is_flag=True, help="Everything, with every explanation, as JSON.")
def draft(
    workshop_id: int | None, slug: str | None, minutes: int, weighting: str | None, as_json: bool
) -> None:
    """Draft an agenda from the votes (or ticked themes) as they stand now; nothing is written."""
    begin_read()
    if workshop_id is not None:
        workshop = db.session.get(Workshop, workshop_id)
        if workshop is None:
            raise Refusal(f"There is no workshop {workshop_id}.")
        call_id, minutes, fixed = workshop.call_id, workshop.minutes, standings.fixed_items(workshop.id)
    else:
        call_id, fixed = chosen_call(slug).id, []
    themes = vote_tables.ranked_themes(call_id)
    ticks = agenda_ballots.if_open(call_id, themes.parameters.groups)
    lengths, titles = {}, {}
    for theme in db.session.scalars(select(Theme).where(Theme.id.in_(themes.positions.theme_ids))):
        lengths[theme.id], titles[theme.id] = theme.minutes, theme.title
    try:
        plan = standings.agenda_of(
            themes, minutes, lengths, fixed, Weighting(weighting) if weighting else None, ticks
        )
    except ValueError as error:
        raise Refusal(str(error)) from None
    plan = withhold(plan, None if ticks else standings.hidden_beside_themes(themes))
    if as_json:
        source = agenda_ballots.TICKED if ticks else agenda_ballots.INFERRED
        record = {"titles": titles, "ballots": source, **told(agenda_record(plan))}
        click.echo(json.dumps(record, ensure_ascii=False, sort_keys=True, indent=2))
    else:
        _print(plan, titles)
        if ticks:
            click.echo(f"From the themes that {len(ticks.person_ids)} people ticked themselves.")


def _print(plan: AgendaDraft, titles: dict[int, str]) -> None:
    for block in plan.blocks:
        click.echo(f"      {block.minutes:>4} min  {block.name}")
    for entry in plan.entries:
        carried = ", ".join(
            f"{'fewer than 3' if heads is None else heads} {group}"
            for group, heads in zip(plan.groups, entry.supporters, strict=True)
        )
        click.echo(
            f"{entry.order:>4}  {entry.minutes:>4} min  {titles[int(entry.id)]} ({carried}; {entry.phase})"
        )
    for out in plan.left_out:
        lacking = "" if out.shortfall is None else f", {number(str(out.shortfall)):.1f} minutes short"
        click.echo(f"   -  {out.minutes:>4} min  {titles[int(out.id)]} ({out.why}{lacking})")
    click.echo(f"{plan.used} of {plan.budget} minutes divided by equal shares; {plan.free} left.")
    click.echo(
        "Every group that is large enough has its share." if plan.certificate.holds else "Guarantee broken."
    )
