"""Votes that can be trusted: what stands out now."""

import json
import sys

import click
from flask.cli import AppGroup

from app.cli.ranking import chosen_call
from app.db import begin_read
from app.domain.integrity import Finding
from app.features.integrity import looking
from app.features.integrity.sentences import sentence, title
from app.kit import clock
from app.kit.i18n import LANGUAGES, speaking

integrity = AppGroup("integrity", help="Votes that can be trusted.")


@integrity.command("look")
@click.option("--call", "slug", help="Name of the call in its address; default: the main call.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="nl", help="Of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="With all figures and votes, as JSON.")
def look(slug: str | None, language: str, as_json: bool) -> None:
    """Print what stands out in the votes of a call at this moment. Writes nothing and decides nothing.

    Votes that stand out go on counting, whatever is printed here.
    """
    begin_read()
    call = chosen_call(slug)
    found = looking.look(call.id, clock.now(), looking.read_platform())
    with speaking(language):
        rows = [
            (finding, sentence(finding.kind, finding.direction, finding.figures))
            for finding in found.findings
        ]
        titles = {finding.kind: title(finding.kind) for finding, _sentence in rows}
    if as_json:
        told = [{**_plain(finding), "sentence": words} for finding, words in rows]
        json.dump({"call": call.slug, "votes": found.votes, "signals": told}, sys.stdout, indent=1)
        click.echo()
        return
    for finding, words in rows:
        where = f"idea {finding.idea}" if finding.idea else "several ideas"
        click.echo(f"{titles[finding.kind]} ({finding.kind}, {where})\n  {words}")
    click.echo(f"Looked at {found.votes} votes of {call.slug}; {len(rows)} signals.")


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind.value,
        "idea": finding.idea,
        "direction": finding.direction,
        "figures": dict(finding.figures),
        "votes": sorted(finding.pairs),
    }
