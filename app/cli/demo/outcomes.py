"""What the workshop of 2019 concluded: texts of the evening, a correction afterwards, and pictures."""

import io
from datetime import datetime

from PIL import Image, ImageDraw
from sqlalchemy import select

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, dice, read
from app.cli.demo.people import Crowd
from app.cli.demo.processes import Stage
from app.db import db
from app.kit import audit, images
from app.models import Outcome, OutcomeRevision, Person, Workshop, WorkshopEvening, WorkshopPicture

_SIZE = (1200, 800)


def build_outcomes(calendar: Calendar, crowd: Crowd, stage: Stage) -> int:
    """Put them with the workshop of the closed process; how many themes have an outcome."""
    content = read("outcomes")
    workshop = db.session.scalars(select(Workshop).where(Workshop.call == stage.calls["main_2019"])).one()
    facilitator, evening = crowd.demo["facilitator"], content["evening"]
    for entry in content["outcomes"]:
        _outcome(stage, workshop, facilitator, entry, evening, calendar)
    for position, entry in enumerate(content["pictures"]):
        _picture(workshop, position, entry, calendar.at({**evening, **entry}))
    finished = calendar.at(evening, evening["finished"])
    db.session.add(
        WorkshopEvening(workshop=workshop, finished_at=finished, finished_by=facilitator.id, told_at=finished)
    )
    number = len(content["outcomes"])
    audit.record(facilitator, "outcomes.finish", workshop, finished, after={"outcomes": number, "ideas": []})
    db.session.flush()
    return number


def _outcome(
    stage: Stage, workshop: Workshop, facilitator: Person, entry: Entry, evening: Entry, calendar: Calendar
) -> None:
    theme = stage.theme(workshop.call, entry["theme"])
    outcome = Outcome(workshop=workshop, theme=theme, number=0)
    db.session.add(outcome)
    for text in (*entry["texts"], *entry.get("corrections", ())):
        moment = calendar.at({**evening, **text})
        before = outcome.conclusion
        outcome.conclusion, outcome.taken_by = text["conclusion"], text.get("taken_by", "")
        outcome.elements, outcome.questions = text.get("elements", []), text.get("questions", [])
        outcome.number += 1
        if outcome.number == 1:
            outcome.recorded_at = moment
            db.session.flush()
            audit.record(facilitator, "outcomes.record", outcome, moment, after={"theme": theme.title})
        else:
            outcome.changed_at = moment
        why = text.get("why", "")
        if why:
            audit.record(
                facilitator,
                "outcomes.correct",
                outcome,
                moment,
                before={"conclusion": before},
                after={"theme": theme.title, "conclusion": outcome.conclusion},
                why=why,
            )
        db.session.add(
            OutcomeRevision(
                outcome_id=outcome.id,
                number=outcome.number,
                conclusion=outcome.conclusion,
                elements=outcome.elements,
                questions=outcome.questions,
                taken_by=outcome.taken_by,
                why=why,
                written_at=moment,
                written_by=facilitator.id,
            )
        )


def _picture(workshop: Workshop, position: int, entry: Entry, moment: datetime) -> None:
    """A drawing of our own in the place of a photograph."""
    drawn = Image.new("RGB", _SIZE, "#efe6d6")
    {"notes": _notes, "table": _table}[entry["scene"]](ImageDraw.Draw(drawn))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    file.seek(0)
    encoded = images.encode(file)
    db.session.add(
        WorkshopPicture(
            workshop=workshop,
            alt=entry["alt"],
            digest=encoded.key,
            width=encoded.width,
            height=encoded.height,
            large=encoded.large,
            small=encoded.small,
            position=position,
            added_at=moment,
        )
    )


def _notes(pencil: ImageDraw.ImageDraw) -> None:
    chance = dice("notes 2019")
    pencil.rectangle((60, 60, 1140, 740), fill="#fbf7ef", outline="#8b7b62", width=6)
    for row, colour in enumerate(("#f2cf5b", "#a9cf8e", "#9cc4dc")):
        for column in range(6):
            left, top = 110 + column * 170 + chance.randint(-8, 8), 110 + row * 205 + chance.randint(-8, 8)
            pencil.rectangle((left + 5, top + 6, left + 145, top + 152), fill="#d8cdb8")
            pencil.rectangle((left, top, left + 140, top + 145), fill=colour)
            for line in range(chance.randint(2, 4)):
                width = chance.randint(60, 112)
                pencil.line(
                    (left + 14, top + 28 + line * 28, left + 14 + width, top + 28 + line * 28),
                    fill="#4b4a42",
                    width=5,
                )


def _table(pencil: ImageDraw.ImageDraw) -> None:
    chance = dice("table 2019")
    pencil.rectangle((80, 120, 1120, 680), fill="#b98a5e", outline="#7c5836", width=8)
    pencil.rectangle((330, 200, 870, 600), fill="#f6f1e4", outline="#8b7b62", width=4)
    pencil.line((330, 300, 520, 380, 640, 340, 870, 520), fill="#5b97b8", width=34, joint="curve")
    for _street in range(9):
        x, y = chance.randint(350, 820), chance.randint(220, 570)
        pencil.line(
            (x, y, x + chance.randint(-120, 120), y + chance.randint(-120, 120)), fill="#c3b89f", width=7
        )
    for place, colour in enumerate(("#c4462f", "#0d5463", "#3f7d4e", "#7a4b86")):
        pencil.rounded_rectangle((910, 240 + place * 42, 1060, 262 + place * 42), 10, fill=colour)
    for x, y in ((200, 250), (220, 560), (980, 560)):
        pencil.ellipse((x - 48, y - 48, x + 48, y + 48), fill="#ffffff", outline="#8b7b62", width=4)
        pencil.ellipse((x - 32, y - 32, x + 32, y + 32), fill="#5a3a24")
