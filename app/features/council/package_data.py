"""The council package as plain values, for a system of the council; withheld figures are null."""

from datetime import datetime
from typing import Any

from app.features.council.package import Package, Ranked, Said
from app.records.council import DecisionRow, FocusRow, ProposalRow
from app.records.stands import StandRow

Record = dict[str, Any]
FORM = "council-package@1"


def as_data(of: Package, now: datetime) -> Record:
    """The whole package; moments in ISO 8601."""
    process = of.process
    return {
        "form": FORM,
        "madeAt": now.isoformat(),
        "process": {
            "slug": process.slug,
            "title": process.title,
            "question": process.question,
            "goal": process.goal,
        },
        "standing": _standing(of.stand) if of.stand else None,
        "participants": {way: dict(sizes) for way, sizes in of.turnout.per_group.items()},
        "ranking": [_idea(idea) for idea in of.ranked],
        "themes": [{"rank": rank, "title": title} for rank, title in of.themes],
        "differences": [_idea(idea) for idea in of.differ],
        "agreements": [_idea(idea) for idea in of.agree],
        "minorityPoints": [{**_idea(idea), "group": group} for idea, group in of.minority],
        "agenda": {
            "workshop": of.agenda_title,
            "version": of.agenda_number,
            "items": [{"title": item.title, "minutes": item.minutes, "why": item.why} for item in of.agenda],
        },
        "outcomes": [_outcome(said) for said in of.outcomes],
        "elements": [
            {**_element(row), "ideas": [_idea(idea) for idea in of.ideas.get(row.theme_id or 0, ())]}
            for row in of.focus
        ],
        "proposals": [_proposal(row) for row in of.proposals],
        "decisions": [_decision(row) for row in of.decisions],
    }


def _standing(stand: StandRow) -> Record:
    return {
        "number": stand.number,
        "digest": stand.digest,
        "cutOff": stand.cut_off.isoformat(),
        "sealedAt": stand.sealed_at.isoformat(),
    }


def _outcome(said: Said) -> Record:
    return {
        "workshop": said.workshop,
        "theme": said.theme,
        "conclusion": said.conclusion,
        "elements": list(said.elements),
        "questions": list(said.questions),
        "takenBy": said.taken_by,
    }


def _element(row: FocusRow) -> Record:
    return {
        "title": row.title,
        "text": row.text,
        "theme": row.theme_title,
        "result": row.result,
        "resultText": row.result_text,
    }


def _proposal(row: ProposalRow) -> Record:
    return {
        "title": row.title,
        "text": row.text,
        "documentUrl": row.document_url,
        "meetsOn": row.meets_on.isoformat() if row.meets_on else None,
        "handedInAt": row.handed_in_at.isoformat() if row.handed_in_at else None,
    }


def _decision(row: DecisionRow) -> Record:
    return {
        "title": row.title,
        "text": row.text,
        "result": row.result,
        "documentUrl": row.document_url,
        "decidedAt": row.decided_at.isoformat(),
        "corrections": [{"at": each["at"].isoformat(), "note": each["note"]} for each in row.corrections],
    }


def _idea(idea: Ranked) -> Record:
    return {
        "id": idea.id,
        "title": idea.title,
        "rank": idea.rank,
        "for": idea.votes_for if idea.votes else None,
        "against": idea.votes_against if idea.votes else None,
        "groups": {
            group: None if votes is None else {"for": votes[0], "against": votes[1]}
            for group, votes in idea.votes.items()
        },
    }
