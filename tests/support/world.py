"""What stands in the places of addresses when every kind of person tries every door."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.kit.tokens import keyed_hash, new_token
from app.models import AgendaItem, Call, ContactMessage, Idea, Person, ProgrammePart, Report
from app.models.argument import ArgumentState
from app.models.entry import CodeBatch, DeviceSession, Invitation, SecondFactor, TrustedDomain
from app.models.moderation import ReportReason
from app.models.seal import SealReason
from app.models.workshop import AgendaItemKind
from app.records import calls, seals
from tests import factories


@dataclass
class World:
    """What stands in the places of addresses: fresh for every request, by the author whom the tests know."""

    author: Person

    def values(self, endpoint: str) -> dict[str, Any]:
        """The places of an address filled in so that the view has something to do."""
        room, _dot, view = endpoint.partition(".")
        if endpoint == "devices.end":
            return {"session_id": self._session()}
        if endpoint in ("accounts.demo_sign_in", "accounts.open_link"):
            return {"person_id": self._demo_person(), "token": "geen-echte-sleutel"}
        if room == "second_factor":
            return {"person_id": self._with_second_factor()}
        if room in ("codes", "invitations"):
            return self._way_in()
        if room == "moderation":
            return self._for_moderators(view)
        if room == "agenda_vote":
            return {"call_id": self._open_agenda_vote()}
        if endpoint.startswith("processes.") or room in ("partners", "practices"):
            return self._of_a_process(room, view)
        if room in ("workshop", "projector"):
            workshop = factories.a_workshop(factories.a_call())
            item = AgendaItem(
                workshop_id=workshop.id, kind=AgendaItemKind.BREAK, title="Pauze", minutes=15, position=1
            )
            db.session.add(item)
            db.session.flush()
            return {"workshop_id": workshop.id, "item_id": item.id}
        if room == "gatherings":
            return self._of_an_activity()
        if room == "stands":
            return self._of_a_standing()
        if room == "notifications":
            return {"what": "idee", "number": self._idea().id, "token": "geen-echte-sleutel"}
        if room == "organiser":
            message = ContactMessage(body="Een vraag over het traject.", created_at=datetime.now(UTC))
            db.session.add(message)
            db.session.flush()
            idea = self._idea()
            return {"idea_id": idea.id, "message_id": message.id, "slug": idea.call.process.slug}
        if endpoint == "media.image":
            return {
                "idea_id": factories.an_image(self._idea()).idea_id,
                "key": factories.IMAGE_KEY,
                "width": 480,
            }
        if endpoint in ("ideas.edit", "ideas.withdraw"):
            return {"idea_id": self._idea(IdeaState.DRAFT).id}
        idea = self._idea()
        return {"idea_id": idea.id, "argument_id": factories.an_argument(idea, self.author).id}

    def _way_in(self) -> dict[str, Any]:
        """A batch of voting codes, an invitation that waits and a mail domain."""
        now = datetime.now(UTC)
        call, later = factories.a_call(), now + timedelta(days=1)
        token = new_token()
        made: dict[str, Any] = {
            "batch_id": CodeBatch(call_id=call.id, count=1, created_at=now, expires_at=later),
            "invitation_id": Invitation(
                email=f"{token[:20].lower()}@voorbeeld.example",
                group=Group.COUNCIL,
                token_hash=keyed_hash("invitation", token),
                created_at=now,
                expires_at=later,
            ),
            "domain_id": TrustedDomain(domain=f"{call.slug}.example", group=Group.COUNCIL, created_at=now),
        }
        db.session.add_all(made.values())
        db.session.flush()
        return {**{place: thing.id for place, thing in made.items()}, "token": token}

    def _idea(self, state: IdeaState = IdeaState.PUBLISHED) -> Idea:
        return factories.an_idea(author=self.author, state=state)

    def _open_agenda_vote(self) -> int:
        """The main call, in which people can tick themes."""
        main = calls.main_call()
        call = db.session.get_one(Call, main.id) if main else factories.a_call()
        call.agenda_ballot = True
        db.session.flush()
        return call.id

    def _session(self) -> int:
        """One of the author on another device."""
        now = datetime.now(UTC)
        session = DeviceSession(
            person_id=self.author.id, key_hash=secrets.token_hex(32), created_at=now, seen_at=now
        )
        db.session.add(session)
        db.session.flush()
        return session.id

    def _demo_person(self) -> int:
        return factories.a_person(demo_order=1).id

    def _with_second_factor(self) -> int:
        person, now = factories.a_person(), datetime.now(UTC)
        db.session.add(SecondFactor(person_id=person.id, secret=b"", created_at=now, confirmed_at=now))
        return person.id

    def _for_moderators(self, view: str) -> dict[str, Any]:
        waiting = {"publish", "refuse", "return_", "review"}
        states = {"restore": IdeaState.HIDDEN, **dict.fromkeys(waiting, IdeaState.SUBMITTED)}
        idea = self._idea(states.get(view, IdeaState.PUBLISHED))
        hidden = ArgumentState.HIDDEN if view == "restore_argument" else ArgumentState.PUBLISHED
        argument = factories.an_argument(idea, self.author, state=hidden)
        report = Report(
            idea_id=idea.id,
            reporter_id=factories.a_person().id,
            reason=ReportReason.INSULT,
            created_at=datetime.now(UTC),
        )
        db.session.add(report)
        db.session.flush()
        return {"idea_id": idea.id, "argument_id": argument.id, "report_id": report.id}

    def _of_a_standing(self) -> dict[str, Any]:
        call, now = factories.a_call(), datetime.now(UTC)
        workshop = factories.a_workshop(call)
        db.session.commit()
        snapshot = seals.seal(call.id, SealReason.WORKSHOP, now, workshop_id=workshop.id)
        plan = seals.plan(call.id, now + timedelta(days=1), now)
        return {"snapshot_id": snapshot.id, "plan_id": plan.id, "workshop_id": workshop.id}

    def _of_an_activity(self) -> dict[str, Any]:
        process = factories.a_process()
        start = datetime.now(UTC) + timedelta(days=1)
        activity = factories.an_activity(process, starts_at=start, capacity=10)
        db.session.add(ProgrammePart(activity_id=activity.id, title="Uitleg", text="Wat kan er?"))
        file = factories.a_file(activity.id)
        return {
            "activity_id": activity.id,
            "slug": process.slug,
            "file_id": file.id,
            "filename": file.filename,
        }

    def _of_a_process(self, room: str, view: str) -> dict[str, Any]:
        process = factories.a_process()
        if room == "partners":
            return {"slug": factories.an_organisation(verified_at=datetime.now(UTC)).slug}
        if room == "practices":
            if view in ("publish", "refuse", "review"):
                return {"practice_id": factories.a_suggestion(process, self.author).id}
            return {"slug": factories.a_practice(process).slug}
        call = factories.a_call(process)
        theme = factories.a_theme(process)
        factories.an_idea(call, self.author, themes=[theme])
        activity = factories.an_activity(process)
        return {"slug": process.slug, "theme_id": theme.id, "activity_id": activity.id}
