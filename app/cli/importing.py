"""Bring conversations in from elsewhere."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.refusal import Refusal
from app.features.importing import polis, service
from app.kit import clock

import_ = AppGroup("import", help="Bring conversations in from elsewhere.")


@import_.command("polis")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--themes", type=click.Path(path_type=Path), help="CSV with columns comment-id and theme.")
@click.option(
    "--groups", default="", help="Whose voice the opinion groups are, as 0=resident,1=council,none=partner."
)
@click.option("--key", default="", help="Name of the conversation; default: the name of the folder.")
@click.option(
    "--open-days", type=click.IntRange(0, 3650), default=0, help="Let people go on for so many days."
)
def import_polis(folder: Path, themes: Path | None, groups: str, key: str, open_days: int) -> None:
    """Import a Polis export as a call with its ideas, people and votes. Running it again changes nothing."""
    try:
        conversation = polis.read(folder)
        numbers = {statement.number for statement in conversation.statements}
        mapping = polis.read_themes(themes, numbers) if themes else {}
        spec = polis.read_group_spec(groups)
    except polis.ImportFault as fault:
        raise Refusal(str(fault)) from None
    key = service.slug_of(key or folder.resolve().name)
    size = len(conversation.people) + len(conversation.statements) + len(conversation.votes)
    with click.progressbar(length=size, label=f"Importing {key}", file=sys.stderr) as bar:
        result = service.import_conversation(
            conversation,
            key,
            mapping,
            spec,
            clock.now(),
            open_days=open_days,
            progress=bar.update,
        )
    click.echo(
        f"{result.call_slug}: {len(conversation.statements)} ideas "
        f"({result.new_ideas} new, {result.hidden} hidden), "
        f"{len(conversation.people)} people ({result.new_people} new), {result.votes} votes "
        f"({conversation.events} events, {conversation.revisions} revised), {result.themes} themes."
    )
