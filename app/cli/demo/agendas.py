"""What facilitators of the demo did: two versions of the agenda of 2019, and invitations for the next one."""

from datetime import datetime

from sqlalchemy import select, update

from app.cli.demo.calendar import Calendar
from app.cli.demo.people import Crowd
from app.db import db
from app.domain.ranking.canonical import canonical, sha256
from app.features.workshop import publishing
from app.kit import tokens
from app.models import Call, Workshop
from app.models.person import Role
from app.models.process import ProcessState
from app.models.workshop import AgendaInvitation, AgendaVersion, Answer
from app.records import agenda_documents, agenda_invitations, agendas, frames, standings

VERSIONS = (
    ({"date": "2019-05-29", "time": "11:20"}, ""),
    (
        {"date": "2019-06-03", "time": "16:05"},
        "De pauze is naar voren gehaald: het eten komt vroeger dan we dachten.",
    ),
)
"""When they were published, and what was new."""
ORDER_REASON = "Het eten komt vroeg, dus de pauze schuift naar voren."
ANSWERS = (
    (Answer.YES, True, "Ik neem de kaart van mijn buurt mee."),
    (None, False, ""),
    (Answer.NO, False, "Die avond heb ik dienst. Bel me gerust van tevoren."),
    (Answer.YES, False, ""),
)
"""What people answer, in turn: whether they come, whether the name may be shown, and what they say."""
ASKED_PER_THEME = 2


def build_agendas(calendar: Calendar, crowd: Crowd) -> int:
    """Publish and invite, after the standings were sealed; the number of both."""
    facilitator = crowd.with_role(Role.FACILITATOR)[0].id
    found = 0
    for workshop in db.session.scalars(select(Workshop).join(Call).order_by(Workshop.id)).all():
        number, call_id = workshop.id, workshop.call_id
        is_over = workshop.call.process.state == ProcessState.CLOSED
        standings.refresh(call_id, calendar.midnight)
        if is_over:
            found += sum(_publish(number, facilitator, calendar.at(when), note) for when, note in VERSIONS)
        else:
            found += _invite(number, facilitator, calendar)
        db.session.commit()
    return found


def _publish(workshop_id: int, facilitator: int, at: datetime, note: str) -> int:
    """A version as the facilitator published it then; from the second one on with the break one place earlier."""
    if note:
        _bring_the_break_forward(workshop_id, at)
    of = agendas.workshop(workshop_id)
    frame = frames.read(of.call_slug) if of else None
    draft = publishing.draft(of, frame, at) if of and frame else None
    if of is None or draft is None or not draft.document["parts"]:
        return 0
    text = canonical(agenda_documents.filled(draft.document, agenda_documents.titles_in(draft.document)))
    seal = draft.plans.sealed
    db.session.add(
        AgendaVersion(
            workshop_id=workshop_id,
            number=(of.version or 0) + 1,
            document=text,
            digest=sha256(text),
            snapshot_id=seal.id if seal else None,
            note=note,
            published_at=at,
            published_by=facilitator,
        )
    )
    db.session.flush()
    return 1


def _bring_the_break_forward(workshop_id: int, at: datetime) -> None:
    of = agendas.workshop(workshop_id)
    frame = frames.read(of.call_slug) if of else None
    draft = publishing.draft(of, frame, at) if of and frame else None
    parts = draft.document["parts"] if draft else []
    keys = [part["key"] for part in parts]
    place = next((place for place, part in enumerate(parts) if part["kind"] == "break"), 0)
    if place > 1:
        keys[place - 1], keys[place] = keys[place], keys[place - 1]
        db.session.execute(
            update(Workshop)
            .where(Workshop.id == workshop_id)
            .values(order=keys, order_reason=ORDER_REASON)
            .execution_options(synchronize_session=False)
        )


def _invite(workshop_id: int, facilitator: int, calendar: Calendar) -> int:
    """Some proposers and partners were asked about the themes of the draft; some answered."""
    of = agendas.workshop(workshop_id)
    frame = frames.read(of.call_slug) if of else None
    draft = publishing.draft(of, frame, calendar.midnight) if of and frame else None
    if draft is None:
        return 0
    tops = {part["themeId"]: part["ideas"] for part in draft.document["parts"] if part["themeId"]}
    asked = 0
    for theme, people in agenda_invitations.candidates(tops, calendar.midnight).items():
        partners = [one for one in people if not one.ideas]
        chosen = [one for one in people if one.ideas][: ASKED_PER_THEME - 1]
        chosen += partners[asked % max(len(partners), 1) :][: ASKED_PER_THEME - len(chosen)]
        for one in chosen:
            given, shows_name, note = ANSWERS[asked % len(ANSWERS)]
            at = calendar.hours_ago(80 - asked)
            db.session.add(
                AgendaInvitation(
                    workshop_id=workshop_id,
                    theme_id=theme,
                    person_id=one.person_id,
                    role=one.role,
                    token_hash=tokens.keyed_hash("demo-agenda", str(theme), str(one.person_id)),
                    asked_at=at,
                    asked_by=facilitator,
                    answer=given,
                    answered_at=calendar.hours_ago(40 - asked) if given else None,
                    note=note,
                    shows_name=shows_name,
                )
            )
            asked += 1
    return asked
